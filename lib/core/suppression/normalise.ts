import type { DataMap } from '../data-map/schema.ts';

export type NormaliseRule = DataMap['identifiers'][string]['normalise'];

/**
 * Makes two writings of one identifier equal, as the data map asks. An empty answer names nobody.
 * `digits` keeps the ASCII digits alone, so that "807-83-1104" and 807831104 are one subject.
 */
export function normaliseIdentifier(rule: NormaliseRule, value: string): string {
  switch (rule) {
    case 'exact':
      return value;
    case 'trim-lowercase':
      return value.normalize('NFC').trim().toLowerCase();
    case 'digits':
      return value.replace(/[^0-9]/g, '');
  }
}
