import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import { dayOf, letterKeyName, type SealingDependencies } from './sealed-letter.ts';

const DAY = 24 * 60 * 60 * 1_000;
/** Days that a letter can be sent again; requests find by their own clock what is missing. */
export const LETTER_DAYS = 30;
/** Days beyond those that are looked at for keys left over: a run may have been missed. */
const MISSED = 14;

/**
 * Ends letters whose time is over: destroys the keys of their days, so that no copy of them can be
 * read any more, then takes them away. Answers how many letters it has taken away.
 */
export async function expireLetters({
  keys,
  clock,
  letters,
}: Pick<SealingDependencies, 'keys' | 'clock'> & {
  readonly letters: DeadLetters;
}): Promise<number> {
  const now = clock.now();
  for (let age = LETTER_DAYS + 1; age <= LETTER_DAYS + MISSED; age++) {
    const name = letterKeyName(dayOf(now - age * DAY));
    if ((await keys.get(name)).kind === 'key') await keys.destroy(name);
  }
  const over: DeadLetter[] = [];
  for await (const letter of letters.list()) {
    if (letter.at < now - (LETTER_DAYS + 1) * DAY) over.push(letter);
  }
  for (const letter of over) await letters.remove(letter);
  return over.length;
}
