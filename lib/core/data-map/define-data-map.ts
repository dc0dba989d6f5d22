import { dataMapSchema, type DataMap } from './schema.ts';
import { crossFaults } from './cross-faults.ts';

/** A data map that cannot be obeyed. The message lists every fault, one a line. */
export class DataMapError extends Error {
  override readonly name = 'DataMapError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(
      `The data map has ${count}; mend lib/data-map.ts:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/**
 * Checks a data map and answers it frozen.
 * @throws {DataMapError} naming all faults at once: shape, unknown identifiers, cycles, stores with
 * personal fields and nobody to ask for, actions that a store cannot do.
 */
export function defineDataMap(input: unknown): DataMap {
  const parsed = dataMapSchema.safeParse(input);
  if (!parsed.success) {
    throw new DataMapError(
      parsed.error.issues.map(
        (issue) => `${issue.path.map(String).join('.') || 'map'}: ${issue.message}`,
      ),
    );
  }
  const faults = crossFaults(parsed.data);
  if (faults.length > 0) throw new DataMapError(faults);
  return deepFreeze(parsed.data);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
