import type { RedactionStrategy, StreamStore } from '../../../lib/core/data-map/schema.ts';
import type { FieldPath } from '../../../lib/core/data-map/field-path.ts';
import { compilePolicy, type RedactionPolicy } from '../../../lib/core/redaction/policy.ts';
import { dataMap } from '../../../lib/data-map.ts';

export const NOW = '2026-02-03T04:05:06.789Z';
export const LATER = '2027-01-01T00:00:00.000Z';

interface Wishes {
  fields?: [path: FieldPath, strategy?: RedactionStrategy][];
  consent?: StreamStore['consent'];
  identifiers?: StreamStore['identifiers'];
  marks?: StreamStore['marks'];
}

/** The demonstration's policy. */
export function customerPolicy(): RedactionPolicy {
  const store = dataMap.stores['customer-events'];
  if (store?.kind !== 'stream') throw new Error('the data map has no stream of customer events');
  return compilePolicy(store, dataMap.identifiers);
}

export function streamOf(wishes: Wishes): StreamStore {
  const { fields = [], consent, identifiers = {}, marks } = wishes;
  return {
    kind: 'stream',
    description: 'test',
    area: 'streaming',
    owner: 'test',
    retention: { days: 1 },
    legalBasis: 'test',
    identifiers: Object.fromEntries(
      Object.entries(identifiers).map(([name, path]) => [
        name,
        typeof path === 'string' ? path : [...path],
      ]),
    ),
    ...(consent === undefined ? {} : { consent }),
    ...(marks === undefined ? {} : { marks }),
    fields: fields.map(([path, redact = { kind: 'replace' }]) => ({
      path: typeof path === 'string' ? path : [...path],
      category: 'free-text',
      redact,
    })),
  };
}

const RULES = {
  exact_id: { description: 'exact', normalise: 'exact' },
  mail: { description: 'mail', normalise: 'trim-lowercase' },
  digits_id: { description: 'digits', normalise: 'digits' },
} as const;

export function policyOf(wishes: Wishes): RedactionPolicy {
  return compilePolicy(streamOf(wishes), RULES);
}
