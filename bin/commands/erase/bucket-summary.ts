import { join } from 'node:path';

import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import type { GuardOutcome } from '../../../lib/core/erasure/run/guard.ts';
import type { Run, RunObject, RunVersion } from '../../../lib/core/erasure/run/run.ts';
import { loadRun } from '../../../lib/core/erasure/run/saved-run.ts';
import { pathsNeverSeen, type EraseSummary, type ObjectSummary } from './summary.ts';

interface Told {
  readonly startedAt: number;
  readonly criteria: CompiledCriteria;
  readonly maximum: number;
  readonly dryRun: boolean;
  readonly resumed: boolean;
  readonly weighed: GuardOutcome;
  /** Where certificates lie. */
  readonly certificates?: string;
  /** Kept lines with a subject's value elsewhere, by object; only where they were asked for. */
  readonly residue?: ReadonlyMap<string, number>;
}

/** A run on S3, as `lethe erase` tells of any. Versions of an object are told together. */
export async function summariseRun(
  deps: RunDependencies,
  runId: string,
  told: Told,
): Promise<EraseSummary> {
  const run = await loadRun(deps, runId);
  const isAsFound = told.dryRun || run.state === 'stopped';
  const objects: ObjectSummary[] = [];
  const seen = new Set<number>();
  for (let batch = 0; batch < run.batches; batch++) {
    for await (const record of deps.runs.objects(runId, batch)) {
      const lines = told.residue?.get(record.key);
      objects.push({
        ...summariseObject(record, isAsFound),
        ...(lines !== undefined && { linesWithValues: lines }),
      });
      for (const { seen: paths = [] } of record.versions) for (const path of paths) seen.add(path);
    }
  }
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  const sum = (of: (object: ObjectSummary) => number): number =>
    objects.reduce((total, object) => total + of(object), 0);
  const { weighed, criteria, startedAt, maximum, dryRun, resumed, certificates } = told;
  const residue = run.totals?.residue ?? 0;
  return {
    outcome: outcomeOf(run, objects, dryRun),
    ...(!isAsFound && { run: runId }),
    ...{ resumed, dryRun, criteria: criteria.size },
    rows: sum(({ rows }) => rows),
    matched: sum(({ matched }) => matched),
    kept: sum(({ kept }) => kept),
    unparsable: sum(({ unparsable }) => unparsable),
    proportion: weighed.all.proportion,
    maximumProportion: maximum,
    exceeded: weighed.kind === 'stopped' ? weighed.exceeded : [],
    ...{ prefixes: weighed.prefixes, objects, residue },
    pathsNeverSeen: pathsNeverSeen(criteria, seen),
    ...(run.undo === 'open' && { undoUntil: new Date(run.undoUntil!).toISOString() }),
    ...(run.certificate !== undefined &&
      certificates !== undefined && { certificate: join(certificates, run.certificate.key) }),
    seconds: (Date.now() - startedAt) / 1_000,
  };
}

function outcomeOf(
  { state, totals }: Run,
  objects: readonly ObjectSummary[],
  dryRun: boolean,
): EraseSummary['outcome'] {
  if (state === 'stopped') return 'stopped';
  if (dryRun) {
    const isWhole = objects.every(({ status }) => status === 'matching' || status === 'unchanged');
    return isWhole ? 'done' : 'incomplete';
  }
  if (state === 'done') return 'done';
  return (totals?.residue ?? 0) > 0 ? 'residue' : 'incomplete';
}

function summariseObject(record: RunObject, isAsFound: boolean): ObjectSummary {
  const { key, failure } = record;
  const theirs = record.versions.filter(({ isOurs }) => isOurs !== true);
  const sum = (of: (version: RunVersion) => number): number =>
    theirs.reduce((total, version) => total + of(version), 0);
  const format = theirs.find((version) => version.format !== undefined)?.format;
  const rows = sum((version) => version.rows);
  const matched = sum((version) => version.matched);
  const unparsable = sum((version) => version.unparsable);
  const suspected = sum((version) => version.suspected ?? 0);
  // Of what is there by now: its offsets can be looked up.
  const { faults = [] } = record.versions.find(({ isLatest }) => isLatest) ?? {};
  const reason = reasonOf(record);
  const isCorrupt = theirs.some(({ status }) => status === 'corrupt');
  const isFailed = failure !== undefined || theirs.some(({ status }) => status === 'failed');
  const isIncomplete = unparsable > 0 || reason !== undefined;
  const plain = matched === 0 ? 'unchanged' : isAsFound ? 'matching' : 'erased';
  return {
    key,
    status: isCorrupt ? 'corrupt' : isFailed ? 'failed' : isIncomplete ? 'incomplete' : plain,
    ...(format !== undefined && { format }),
    ...{ rows, matched, kept: rows - matched, unparsable, faults },
    ...(suspected > 0 && { suspected }),
    ...(reason !== undefined && { reason }),
  };
}

/** Why something of it is still there. */
function reasonOf({ versions, failure }: RunObject): string | undefined {
  if (failure !== undefined) return `a step on it failed (${failure})`;
  for (const { status, reason, fate, lockedUntil, versionId } of versions) {
    if (fate === 'locked') {
      const until =
        lockedUntil === undefined ? 'a legal hold' : new Date(lockedUntil).toISOString();
      return `version ${versionId} is locked until ${until}`;
    }
    if (status === 'archived') return `version ${versionId} waits for its restore`;
    if (status === 'corrupt' || status === 'failed') return reason;
  }
  return undefined;
}
