import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import { printSchemaCriterion } from '../../../lib/core/erasure/criteria/schema-criterion.ts';
import type { RowFault } from '../../../lib/core/erasure/format.ts';
import type { CriterionPath } from '../../../lib/core/erasure/matcher.ts';
import type { Weighed } from '../../../lib/core/erasure/run/guard.ts';
import { printPath } from '../../../lib/core/data-map/field-path.ts';

/** What became of one object. */
export interface ObjectSummary {
  key: string;
  /**
   * `erased`: matching rows are gone; `matching`: they were found, and nothing was written;
   * `unchanged`: none matched; `incomplete`: some rows could not be read and may hold a subject;
   * `unverified`: erased, but the second search could not read it; `corrupt` and `failed`: left as it
   * was.
   */
  status: 'erased' | 'matching' | 'unchanged' | 'incomplete' | 'unverified' | 'corrupt' | 'failed';
  format?: string;
  rows: number;
  matched: number;
  kept: number;
  unparsable: number;
  /** The first of the rows that could not be read: offset in the decompressed object, and line. */
  faults: readonly RowFault[];
  /** Rows that could not be read and hold a subject's value as text; of an archive in S3. */
  suspected?: number;
  /** Kept lines that hold a subject's value somewhere; only with `--residue-report`, never Parquet. */
  linesWithValues?: number;
  /** Why it was left as it was, or could not be verified. */
  reason?: string;
}

/** The `--json` answer. Holds no personal data. */
export interface EraseSummary {
  outcome: 'done' | 'incomplete' | 'stopped' | 'residue';
  /** Absent in a dry run and when the guard stopped it. */
  run?: string;
  resumed: boolean;
  dryRun: boolean;
  criteria: number;
  rows: number;
  matched: number;
  kept: number;
  unparsable: number;
  proportion: number;
  maximumProportion: number;
  /** What was over the maximum. */
  exceeded: readonly Weighed[];
  prefixes: readonly Weighed[];
  objects: readonly ObjectSummary[];
  /** Paths of the criteria that no object has: perhaps misspelt. */
  pathsNeverSeen: readonly string[];
  /** Rows that a second search of the changed objects still found. */
  residue: number;
  /** ISO 8601; until then `lethe undo` gives the rows back. */
  undoUntil?: string;
  /** The file of a run on S3 that proves it; see `lethe verify receipt`. */
  certificate?: string;
  seconds: number;
}

/** A path as a criteria file writes it. */
function printCriterionPath(path: CriterionPath): string {
  if (path.kind === 'field') return printPath(path.segments);
  return `${path.column} ${printSchemaCriterion(path.schema)} ${path.jsonPath}`;
}

export function pathsNeverSeen(criteria: CompiledCriteria, seen: ReadonlySet<number>): string[] {
  return criteria.paths.filter((_, id) => !seen.has(id)).map(printCriterionPath);
}
