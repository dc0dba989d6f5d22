import type { Kind } from '../kinds.ts';
import { wordsOf } from './tokens.ts';
import { PERSONS, TECHNICAL, THINGS, VOCABULARY, type Agreement } from './vocabulary.ts';

export interface KeyReading {
  /** What the key promises; at most one kind. */
  kind: Kind | undefined;
  agreement: Agreement | undefined;
  /** Promises something that is no personal data. */
  technical: boolean;
}

interface Phrase {
  kind: Kind;
  agreement: Agreement;
  words: readonly string[];
}

/** The longest phrase first: an `ip address` is no address. */
const PHRASES: readonly Phrase[] = VOCABULARY.flatMap(([kind, agreement, phrases]) =>
  phrases.split(',').flatMap((phrase): Phrase[] => {
    const words = phrase.split(' ');
    const joined = words.length > 1 ? [{ kind, agreement, words: [words.join('')] }] : [];
    return [{ kind, agreement, words }, ...joined];
  }),
).sort((a, b) => letters(b) - letters(a) || b.words.length - a.words.length);

function letters({ words }: Phrase): number {
  return words.reduce((sum, word) => sum + word.length, 0);
}

/** Reads what a field's keys say, outermost first; the last one counts, the one above it helps. */
export function readKey(segments: readonly string[]): KeyReading {
  const words = wordsOf(segments.at(-1) ?? '');
  const above = wordsOf(segments.at(-2) ?? '');
  const phrase = PHRASES.find((candidate) => contains(words, candidate.words));
  const technical = words.some((word) => TECHNICAL.has(word));
  if (phrase === undefined) return { kind: undefined, agreement: undefined, technical };
  const { kind, agreement } = phrase;
  if (kind !== 'name' && kind !== 'address') return { kind, agreement, technical: false };
  const around = [...words, ...above];
  if (agreement === 'likely' && around.some((word) => THINGS.has(word))) {
    return { kind: undefined, agreement: undefined, technical: true };
  }
  const persons = around.some((word) => PERSONS.has(word));
  return { kind, agreement: persons ? 'sure' : agreement, technical: false };
}

function contains(words: readonly string[], sought: readonly string[]): boolean {
  for (let at = 0; at + sought.length <= words.length; at++) {
    if (sought.every((word, offset) => words[at + offset] === word)) return true;
  }
  return false;
}
