import {
  letterId,
  openLetter,
  sealLetter,
  type SealedLetter,
  type SealingDependencies,
} from '../../core/dead-letters/sealed-letter.ts';
import type { DeadLetter, DeadLetters, LetterFilter } from '../../core/ports/dead-letters.ts';
import type { Tables } from './open-tables.ts';

interface Row {
  readonly letter: DeadLetter;
  readonly sealed: SealedLetter;
}

/** Asks the running target, or the next that starts, to send letters again. */
export interface RedriveRequests {
  ask(filter: LetterFilter): void;
  /** Those that wait, oldest first. */
  waiting(): readonly { readonly number: number; readonly filter: LetterFilter }[];
  done(number: number): void;
}

/** The port DeadLetters in the local tables: sealed, so that no free page of theirs can be read. */
export function lmdbDeadLetters(tables: Tables, sealing: SealingDependencies): DeadLetters {
  const rows = tables.table<Row, string>('letters');
  return {
    add: async (record) => {
      const id = letterId(record);
      if (rows.get(id) !== undefined) return;
      const sealed = await sealLetter(sealing, record);
      const { consumer, stream, shardId, sequenceNumber, reason } = record;
      const place = { consumer, stream, shardId, sequenceNumber };
      const letter: DeadLetter = { id, ...place, reason, at: sealing.clock.now() };
      tables.transact(() => {
        if (rows.get(id) === undefined) rows.putSync(id, { letter, sealed });
      });
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- the port's listing waits elsewhere
    async *list({ consumer, reason } = {}) {
      for (const { value } of [...rows.getRange({})]) {
        const { letter } = value;
        if (consumer !== undefined && letter.consumer !== consumer) continue;
        if (reason === undefined || letter.reason === reason) yield letter;
      }
    },
    open: async ({ id }) => {
      const row = rows.get(id);
      return row === undefined ? undefined : openLetter(sealing, id, row.sealed);
    },
    remove: ({ id }) => {
      tables.transact(() => rows.removeSync(id));
      return Promise.resolve();
    },
  };
}

/** The wish to send letters again, in the local tables: it is heard by whoever has the streams open. */
export function lmdbRedriveRequests(tables: Tables): RedriveRequests {
  const wishes = tables.table<LetterFilter, number>('redrive-requests');
  const counters = tables.table<number, string>('counters');
  return {
    ask: (filter) => {
      tables.transact(() => {
        const number = (counters.get('redrive-requests') ?? 0) + 1;
        counters.putSync('redrive-requests', number);
        wishes.putSync(number, filter);
      });
    },
    waiting: () =>
      [...wishes.getRange({})].map(({ key, value }) => ({ number: key, filter: value })),
    done: (number) => {
      tables.transact(() => wishes.removeSync(number));
    },
  };
}
