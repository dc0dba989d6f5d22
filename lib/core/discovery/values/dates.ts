import { isDay } from './checksums.ts';

const FORMS: readonly [RegExp, readonly [year: number, month: number, day: number]][] = [
  [/^(\d{4})-(\d{2})-(\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/, [1, 2, 3]],
  [/^(\d{4})\/(\d{2})\/(\d{2})$/, [1, 2, 3]],
  [/^(\d{4})(\d{2})(\d{2})$/, [1, 2, 3]],
  [/^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/, [3, 2, 1]],
  [/^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/, [3, 1, 2]],
];

/** The year of a date without a time of day, if somebody alive could be born then. */
export function birthYear(text: string, thisYear: number): number | undefined {
  if (text.length > 30) return undefined;
  for (const [form, [year, month, day]] of FORMS) {
    const match = form.exec(text);
    if (match === null) continue;
    const born = Number(match[year]);
    const aged = thisYear - born;
    if (aged >= 0 && aged <= 120 && isDay(born, Number(match[month]), Number(match[day]))) {
      return born;
    }
  }
  return undefined;
}
