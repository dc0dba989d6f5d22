/** Where a record lay that nobody could handle, and why. Nothing of what it holds. */
export interface DeadLetter {
  /** Names it among all; made of where it lay, so that the same record is buried once. */
  readonly id: string;
  /** Who could not handle it: `completion`, `executor-<area>`. */
  readonly consumer: string;
  /** Which stream it came from, and goes back to. */
  readonly stream: LetterStream;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** A code: `malformed`, `unsigned`, `wrongly-signed`, `unknown`, or an error's class. */
  readonly reason: string;
  /** When it was put aside, ms since the epoch. */
  readonly at: number;
}

export const LETTER_STREAMS = ['tasks', 'events'] as const;
export type LetterStream = (typeof LETTER_STREAMS)[number];

/** A record to be put aside. */
export type BuriedRecord = Omit<DeadLetter, 'id' | 'at'> & {
  /** As it came. May hold anything, personal data too: it is sealed before it is kept. */
  readonly data: Uint8Array;
};

export interface LetterFilter {
  readonly consumer?: string;
  readonly reason?: string;
}

/** Records that nobody could handle, kept until somebody sends them again or their time is over. */
export interface DeadLetters {
  /** Twice is once. Throws if it could not be kept: then the record must come again. */
  add(record: BuriedRecord): Promise<void>;
  /** Those that wait, in no particular order; who was sent again waits no more. */
  list(filter?: LetterFilter): AsyncIterable<DeadLetter>;
  /** The record as it came; undefined when it waits no more, or its key was destroyed. */
  open(letter: DeadLetter): Promise<Uint8Array | undefined>;
  /** Takes away one that was sent again, with what it held. Twice is once. */
  remove(letter: DeadLetter): Promise<void>;
}
