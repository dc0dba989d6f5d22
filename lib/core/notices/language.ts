/** Languages in which notices and the subject's pages are written. */
export const LANGUAGES = ['en', 'de', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language that fits a tag ("de-AT") or an Accept-Language header best; English when none does. */
export function pickLanguage(wanted: string | undefined): Language {
  const ranked = (wanted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().split(';');
      const q = options
        .map((option) => /^\s*q=([01](?:\.\d{0,3})?)$/.exec(option)?.[1])
        .find(Boolean);
      return { primary: tag.toLowerCase().split('-')[0]!, q: Number(q ?? 1) };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { primary } of ranked) {
    const match = LANGUAGES.find((language) => language === primary);
    if (match !== undefined) return match;
  }
  return 'en';
}
