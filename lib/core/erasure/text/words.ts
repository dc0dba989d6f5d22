import type { Matcher } from '../matcher.ts';

/** Letters and digits, and what joins them in names, dates, addresses and decimals. */
const WORD = /[\p{L}\p{N}_]+(?:[-+.@:/'][\p{L}\p{N}_]+)*/gu;
const PART = /[\p{L}\p{N}_]+/gu;
/** By the grammar of JSON numbers. */
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

/** Whether a word or a number of a text, by itself, meets a criterion at whatever path. */
export function holdsWord(text: string, matcher: Matcher): boolean {
  const known = new Set<string>();
  const meets = (word: string): boolean => {
    if (known.has(word)) return false;
    known.add(word);
    return matcher.paths.some(
      (_, path) => matcher.probe(path, { kind: 'string', text: word })?.alone === true,
    );
  };
  for (const [word] of text.matchAll(WORD)) {
    if (meets(word)) return true;
    for (const [part] of word.matchAll(PART)) if (meets(part)) return true;
  }
  for (const [decimal] of text.matchAll(NUMBER)) {
    if (
      matcher.paths.some(
        (_, path) => matcher.probe(path, { kind: 'number', decimal })?.alone === true,
      )
    ) {
      return true;
    }
  }
  return false;
}
