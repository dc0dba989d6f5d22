import type { DataMap } from '../data-map/schema.ts';

export type NormaliseRule = DataMap['identifiers'][string]['normalise'];

/** By their numbers in the engines. */
export const NORMALISE_RULES = [
  'exact',
  'trim-lowercase',
  'digits',
] as const satisfies readonly NormaliseRule[];

/**
 * Makes two writings of one identifier equal, as the data map asks. An empty answer names nobody.
 * `digits` keeps the ASCII digits alone, so that "807-83-1104" and 807831104 are one subject.
 */
export function normaliseIdentifier(rule: NormaliseRule, value: string): string {
  switch (rule) {
    case 'exact':
      return value;
    case 'trim-lowercase':
      // A sigma is written otherwise at a word's end: the same letter in Unicode's case folding, and
      // databases do not tell where a word ends.
      return value.normalize('NFC').trim().toLowerCase().replaceAll('\u03c2', '\u03c3');
    case 'digits':
      return value.replace(/[^0-9]/g, '');
  }
}
