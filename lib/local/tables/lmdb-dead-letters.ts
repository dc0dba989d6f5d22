import type { Clock } from '../../core/ports/clock.ts';
import type { Tables } from './open-tables.ts';

/** A message that nobody could handle: where it lies and why; nothing of what it holds. */
interface DeadLetter {
  readonly consumer: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly code: string;
  /** When it was put aside, ms since the epoch. */
  readonly at: number;
}

export interface DeadLetters {
  add(letter: Omit<DeadLetter, 'at'>): void;
  list(): readonly DeadLetter[];
}

export function lmdbDeadLetters(tables: Tables, clock: Clock): DeadLetters {
  const letters = tables.table<DeadLetter, [string, string]>('dead-letters');
  return {
    add: (letter) => {
      tables.transact(() =>
        letters.putSync([letter.consumer, letter.sequenceNumber], { ...letter, at: clock.now() }),
      );
    },
    list: () => [...letters.getRange({})].map(({ value }) => value),
  };
}
