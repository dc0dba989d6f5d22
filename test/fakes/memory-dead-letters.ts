import {
  letterId,
  openLetter,
  sealLetter,
  type SealedLetter,
  type SealingDependencies,
} from '../../lib/core/dead-letters/sealed-letter.ts';
import type { DeadLetter, DeadLetters } from '../../lib/core/ports/dead-letters.ts';

/** Dead letters in memory. */
export function memoryDeadLetters(
  sealing: SealingDependencies,
): DeadLetters & { readonly dump: () => string } {
  const rows = new Map<string, { letter: DeadLetter; sealed: SealedLetter }>();
  return {
    dump: () => JSON.stringify([...rows]),
    add: async ({ data, ...place }) => {
      const id = letterId(place);
      const sealed = await sealLetter(sealing, { ...place, data });
      if (rows.has(id)) return;
      rows.set(id, { letter: { ...place, id, at: sealing.clock.now() }, sealed });
    },
    async *list({ consumer, reason } = {}) {
      for (const { letter } of await Promise.resolve([...rows.values()])) {
        if (consumer !== undefined && letter.consumer !== consumer) continue;
        if (reason === undefined || letter.reason === reason) yield letter;
      }
    },
    open: ({ id }) => {
      const row = rows.get(id);
      return row === undefined ? Promise.resolve(undefined) : openLetter(sealing, id, row.sealed);
    },
    remove: ({ id }) => {
      rows.delete(id);
      return Promise.resolve();
    },
  };
}
