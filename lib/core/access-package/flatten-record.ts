import type { PersonalRecord } from './source.ts';

/** Deepest nesting that gets names of its own; below it a value is shown as JSON. */
const MAX_DEPTH = 8;

/**
 * A record as a flat list of names and values: `address.city`. Arrays and what lies too deep become
 * JSON text. Never recurses further than {@link MAX_DEPTH}, whatever a store sends.
 */
export function flattenRecord(
  record: PersonalRecord,
): Map<string, string | number | boolean | null> {
  const flat = new Map<string, string | number | boolean | null>();
  const walk = (value: PersonalRecord, prefix: string, depth: number) => {
    for (const [key, inner] of Object.entries(value)) {
      const name = prefix + key;
      if (inner === null || isScalar(inner)) {
        flat.set(name, inner);
      } else if (typeof inner === 'object' && !Array.isArray(inner) && depth < MAX_DEPTH) {
        walk(inner as PersonalRecord, `${name}.`, depth + 1);
      } else {
        flat.set(name, JSON.stringify(inner));
      }
    }
  };
  walk(record, '', 1);
  return flat;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
