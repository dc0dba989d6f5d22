import type { NormaliseRule } from '../suppression/normalise.ts';
import type { SchemaCriterion } from './criteria/schema-criterion.ts';

/** Where a criterion looks. Its index in {@link Matcher.paths} is its path id. */
export type CriterionPath =
  /** A field: keys from the outside in; arrays on the way are passed through (any element). */
  | { kind: 'field'; segments: readonly string[] }
  /** A node in the JSON of a Snowplow column (R2F `json` criterion). Only Snowplow TSV has it. */
  | { kind: 'snowplow-json'; column: string; schema: SchemaCriterion; jsonPath: string };

/**
 * A scalar of a record as its format types it. There is no null: null and missing never match, so
 * they are not probed (but see {@link PathsSeen}).
 */
export type TypedValue =
  | { kind: 'string'; text: string }
  /** Decimal text by the grammar of JSON numbers: exact, whatever its size. `-12.50e3` is one. */
  | { kind: 'number'; decimal: string }
  | { kind: 'boolean'; value: boolean }
  /** Compared with the criterion rounded to this width. */
  | { kind: 'float32' | 'float64'; value: number }
  /** Days since 1970-01-01. Met by the string `2024-02-29`. */
  | { kind: 'date'; days: number }
  /** Nanoseconds since the epoch, UTC (or of the wall clock, for local timestamps). */
  | { kind: 'timestamp'; nanoseconds: bigint };

/**
 * What criteria say of one value at one path: an opaque handle that may be kept (per dictionary
 * entry, for instance) and given back to {@link Matcher.matches}.
 */
export interface Hit {
  readonly path: number;
  /** True when a criterion names this path alone: the row matches, whatever else it holds. */
  readonly alone: boolean;
  /** Criterion values met, for criteria of several paths. */
  readonly atoms: readonly number[];
}

/**
 * Compiled criteria. Comparison is typed and exact (design, section 6): a string criterion meets an
 * equal string and a number of the same decimal value; a number criterion a number, and a string
 * that is a JSON number, of the same decimal value; booleans only booleans. `strictTypes` turns the
 * crossing off. Values and paths are held compactly: 1,000,000 criteria take some 40 MB.
 */
export interface Matcher {
  readonly paths: readonly CriterionPath[];
  /** Names (keys, columns) compare without regard to case. See {@link sameName}. */
  readonly ignoreCase: boolean;
  readonly strictTypes: boolean;
  /**
   * By path id: how texts and numbers are written before they are compared with criteria, as well as
   * they are; 'exact' compares them as they are alone.
   */
  readonly rules: readonly NormaliseRule[];
  /** How many distinct criteria there are. */
  readonly size: number;
  /** Whether any criterion knows this value at this path; undefined when none does. */
  probe(path: number, value: TypedValue): Hit | undefined;
  /**
   * The texts and numbers that criteria name at a path, for formats that search bytes or statistics
   * for them before they probe. In no order; one may come twice.
   */
  wanted(path: number): Iterable<WantedValue>;
  /** Whether the hits of one row, in any order, repeated ones included, fulfil a criterion. */
  matches(hits: readonly Hit[]): boolean;
}

/** See {@link Matcher.wanted}. */
export interface WantedValue {
  /** UTF-8; a number as `decimalText` writes it. Not the caller's own. */
  readonly bytes: Uint8Array;
  /** Met by an equal string. */
  readonly string: boolean;
  /** Met by a number, or by a string that is a JSON number, of this value. */
  readonly number: boolean;
}

/** Which paths an object (or a run) has: one byte a path id, 1 when its key was there at all. */
export type PathsSeen = Uint8Array;
