import type { FormatName } from '../erasure/format.ts';
import type { Matcher } from '../erasure/matcher.ts';

/** The very bytes that are about to be read. */
export interface FilteredObject {
  key: string;
  /** Equal ETags of one key mean equal content. */
  etag: string;
  /** As stored, in bytes. */
  size: number;
}

/** Why an object must be read; for tallies, none of it is a fault of the object. */
type ReadReason =
  /** A criterion may be met: it is, or the filter is wrong about it (below 1 % of objects). */
  | 'may-hold'
  | 'no-filter'
  /** Of another content than that which is to be read. */
  | 'stale'
  /** Cut short, altered, of another key or of another version of Lethe. */
  | 'unreadable'
  /** Made for another format than that which is asked for. */
  | 'other-format'
  /** A criterion that no filter, or not this one, can decide; see filters/criteria-tokens.ts. */
  | 'undecidable';

export type FilterAnswer =
  /** No row meets a criterion, and every row can be read: what a search would have answered. */
  | {
      kind: 'absent';
      format: FormatName;
      rows: number;
      /** Ids of the matcher's paths that the object has. */
      seen: readonly number[];
    }
  | { kind: 'read'; reason: ReadReason };

/** Tells which objects a search need not read. Never wrong in saying `absent`; fails to `read`. */
export interface MembershipFilters {
  /** @param format as the search would be told it. */
  mayHold(
    object: FilteredObject,
    matcher: Matcher,
    format: FormatName | 'auto',
  ): Promise<FilterAnswer>;
}

/** Keeps filters apart from the archive, where no reader of it comes. */
export interface FilterStore {
  /** @param name letters, digits, `-` and `_`. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Puts a filter in the place of the one of this name, wholly or not at all. */
  write(name: string, filter: Uint8Array): Promise<void>;
  /** Leaves no trace of a filter; twice is once. */
  remove(name: string): Promise<void>;
}
