import type { Matcher, PathsSeen } from './matcher.ts';

export const FORMATS = ['jsonl', 'snowplow', 'csv', 'firehose-failures', 'parquet'] as const;
export type FormatName = (typeof FORMATS)[number];

/** Around a text format; Parquet compresses inside itself and is always `none` here. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** The bytes of one object at rest, as stored. They must not change while they are read. */
export interface ObjectSource {
  /** In bytes. */
  readonly size: number;
  /** The whole object in order. A chunk holds only until the next one is asked for. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The whole object in order, into the caller's memory: faster, where the source can do it. */
  reader?(): ByteReader;
  /** Bytes [from, to), a copy of the caller's own. */
  read(from: number, to: number): Promise<Uint8Array>;
  /**
   * Fills `into` from an offset on, where the source can do it: memory that is used again costs less than
   * new one. Answers how many bytes; fewer only at the object's end.
   */
  readInto?(from: number, into: Uint8Array): number;
}

/** Gives bytes in order. */
export interface ByteReader {
  /** Fills the beginning of `into`; answers how many bytes, 0 only at the end. */
  read(into: Uint8Array): number | Promise<number>;
  /** Gives back what it reads from, such as a connection. Nothing is read any more. */
  close?(): Promise<void>;
}

/** Takes bytes in order. They are the sink's only until the answer (or its promise) comes back. */
export interface ByteSink {
  write(bytes: Uint8Array): void | Promise<void>;
}

/** A row that could not be read. It is kept; its object is "incomplete", never "done". */
export interface RowFault {
  /** Of the row's first byte, in the decompressed content. */
  offset: number;
  /** From 1; blank lines and a header count as rows here, as an editor's lines do. */
  line: number;
  /** In words, without a byte of the row. */
  reason: string;
}

export interface RowCounts {
  /** Rows in all, unparsable ones included; blank lines and headers are none. */
  rows: number;
  matched: number;
  unparsable: number;
}

/** Faults are all counted and the first of an object are listed. */
export const LISTED_FAULTS = 100;

/**
 * What `find` learned. `plan` lets `forget` skip the search; it is opaque to the run, which may drop
 * it to save memory.
 */
export type Findings<Plan> =
  | ({
      kind: 'read';
      /** At most {@link LISTED_FAULTS}, in order. */
      faults: readonly RowFault[];
      seen: PathsSeen;
      plan: Plan | undefined;
    } & RowCounts)
  /** The object can't be read as this format; it is to be left untouched and named. */
  | { kind: 'corrupt'; reason: string; offset?: number };

/** Where `forget` puts what it makes of an object. */
export interface ForgetOutputs {
  /** The object without the matching rows. */
  kept: ByteSink;
  /** The matching rows as an object of the same format. */
  matched?: ByteSink;
  /**
   * Each removed stretch with its offset in the decompressed original, in order: what an undo patch
   * is made of. Formats whose `undo` is `whole` never call it.
   */
  removed?: { write(offset: number, bytes: Uint8Array): void | Promise<void> };
}

/**
 * One format at rest. Both verbs run in constant memory, whatever the object's size, and write
 * nothing but into the outputs.
 */
export interface ObjectFormat<Plan = unknown> {
  readonly name: FormatName;
  /** How an undo gives back the original: from removed stretches, or from the whole sealed object. */
  readonly undo: 'stretches' | 'whole';
  find(source: ObjectSource, matcher: Matcher): Promise<Findings<Plan>>;
  /**
   * Rewrites. The source must hold the very bytes that `find` read when a plan is given; without
   * one the search is made again. Answers as `find` does, so that both can be compared.
   */
  forget(
    source: ObjectSource,
    matcher: Matcher,
    plan: Plan | undefined,
    outputs: ForgetOutputs,
  ): Promise<Findings<Plan>>;
}

/** An object that can't be read as what it claims to be. `reason` holds none of its bytes. */
export class CorruptObject extends Error {
  override readonly name = 'CorruptObject';
  readonly reason: string;
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
    this.offset = offset;
  }
}
