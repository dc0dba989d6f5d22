import type { RunDependencies } from './dependencies.ts';
import { exportObject } from './export-object.ts';
import {
  findInObject,
  forgetInObject,
  purgeObject,
  verifyObject,
  type ObjectContext,
} from './object-steps.ts';
import type { RunCriteria } from './run-criteria.ts';
import type { RunObject } from './run.ts';
import { loadRun } from './saved-run.ts';

/** What a step did to a batch. Plain JSON, of a few bytes, for state machines. */
export interface BatchOutcome {
  readonly batch: number;
  readonly objects: number;
  /** Objects on which the step failed; the same step takes them up again. */
  readonly failed: number;
  /** Matching rows in them: found, or, after `verifyObjects`, found again. */
  readonly matched: number;
}

type BatchStep = (
  deps: RunDependencies,
  criteria: RunCriteria,
  runId: string,
  batch: number,
) => Promise<BatchOutcome>;

const OBJECTS_AT_ONCE = 4;

/** Reads and counts what is planned; writes nothing in the archive. */
export const findObjects: BatchStep = (deps, criteria, runId, batch) =>
  workOn(deps, criteria, runId, batch, {
    concerns: ({ state, failure }) => state === 'planned' || failure !== undefined,
    work: findInObject,
    count: ({ versions }) => versions.reduce((sum, { matched }) => sum + matched, 0),
  });

/** Rewrites current versions that hold matching rows, each if nobody has written it meanwhile. */
export const forgetObjects: BatchStep = (deps, criteria, runId, batch) =>
  workOn(deps, criteria, runId, batch, {
    concerns: ({ state }) => state === 'found',
    work: forgetInObject,
    count: ({ rewritings }) => rewritings.reduce((sum, { matched }) => sum + matched, 0),
  });

/** Writes current objects without matching rows elsewhere; see export-run.ts. */
export const exportObjects: BatchStep = (deps, criteria, runId, batch) =>
  workOn(deps, criteria, runId, batch, {
    concerns: ({ state }) => state === 'found',
    work: exportObject,
    count: ({ residue = 0 }) => residue,
  });

/** Takes older versions away that hold matching rows. */
export const purgeVersions: BatchStep = (deps, criteria, runId, batch) =>
  workOn(deps, criteria, runId, batch, {
    concerns: ({ state }) => state === 'found',
    work: purgeObject,
    count: ({ versions }) =>
      versions.reduce((sum, { fate, matched }) => sum + (fate === 'purged' ? matched : 0), 0),
  });

/** Looks again at what was changed. */
export const verifyObjects: BatchStep = (deps, criteria, runId, batch) =>
  workOn(deps, criteria, runId, batch, {
    concerns: () => true,
    work: verifyObject,
    count: ({ residue = 0 }) => residue,
  });

interface Step {
  readonly concerns: (record: RunObject) => boolean;
  readonly work: (context: ObjectContext, record: RunObject) => Promise<RunObject>;
  readonly count: (record: RunObject) => number;
}

async function workOn(
  deps: RunDependencies,
  criteria: RunCriteria,
  runId: string,
  batch: number,
  { concerns, work, count }: Step,
): Promise<BatchOutcome> {
  const run = await loadRun(deps, runId);
  const records: RunObject[] = [];
  for await (const record of deps.runs.objects(runId, batch)) records.push(record);
  let [failed, matched, next] = [0, 0, 0];
  const lane = async (): Promise<void> => {
    while (next < records.length) {
      const record = records[next++]!;
      let result = record;
      if (concerns(record)) {
        result = await attempt({ deps, criteria, run }, record, work);
        if (result.failure !== undefined) failed++;
        await deps.runs.putObject(runId, result);
      }
      matched += count(result);
    }
  };
  const lanes = Math.min(deps.concurrency ?? OBJECTS_AT_ONCE, records.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return { batch, objects: records.length, failed, matched };
}

/** One object that fails is told, and holds up no other. */
async function attempt(
  context: ObjectContext,
  record: RunObject,
  work: Step['work'],
): Promise<RunObject> {
  try {
    const result = { ...(await work(context, record)) };
    delete (result as { failure?: string }).failure;
    return result;
  } catch (error) {
    const failure = error instanceof Error ? error.name : 'unknown';
    // An intent that was written down meanwhile stays.
    const { deps, run } = context;
    const known = (await deps.runs.object(run.runId, record.key)) ?? record;
    return { ...known, failure };
  }
}
