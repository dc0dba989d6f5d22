import type { Language } from './language.ts';

/** A day as people write it: "30 December 2026". The time zone is UTC, as in the receipt. */
export function printDate(language: Language, at: number): string {
  const locale = language === 'en' ? 'en-GB' : language;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}
