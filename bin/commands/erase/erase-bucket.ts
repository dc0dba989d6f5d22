import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { S3Client } from '@aws-sdk/client-s3';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import { findObjects } from '../../../lib/core/erasure/run/batch-steps.ts';
import { driveRun } from '../../../lib/core/erasure/run/drive-run.ts';
import { currentOnly, exportRun } from '../../../lib/core/erasure/run/export-run.ts';
import { planRun } from '../../../lib/core/erasure/run/plan-run.ts';
import { RunCriteria } from '../../../lib/core/erasure/run/run-criteria.ts';
import type { RunRequest } from '../../../lib/core/erasure/run/run.ts';
import { weighRun } from '../../../lib/core/erasure/run/weigh-run.ts';
import type { S3Place } from '../index/options.ts';
import { openBucketFilters } from './bucket-filters.ts';
import { openOutput, type BucketOutput } from './bucket-outputs.ts';
import { residueByObject } from './bucket-residue.ts';
import { openBucketState, type BucketState } from './bucket-state.ts';
import { summariseRun } from './bucket-summary.ts';
import { readCriteriaFile } from './criteria-file.ts';
import { lockDirectory } from './directory-lock.ts';
import { readOptions, type EraseFlags } from './options.ts';
import type { EraseSummary } from './summary.ts';
import { UsageError } from './usage-error.ts';

const ORDER = 'criteria-file';
const DAY = 24 * 60 * 60 * 1_000;

/** Told which step goes on, and how many of its batches are through. */
export type BucketObserver = (phase: string, done: number, batches: number) => void;

/** `lethe erase` on `s3://`: the run of the archive stack, driven by this process. */
export async function eraseBucket(
  place: S3Place,
  flags: EraseFlags,
  observe: BucketObserver,
): Promise<EraseSummary> {
  const startedAt = Date.now();
  const options = readOptions(flags);
  const { strictTypes = false, ignoreCase = false } = flags;
  const matching = { strictTypes, ignoreCase };
  const { criteria, digest } = await readCriteriaFile(flags.removalCriteria, matching);
  const isDry = flags.dryRun === true;
  const folder = isDry
    ? await mkdtemp(join(tmpdir(), 'lethe-dry-run-'))
    : resolve(flags.stateDirectory);
  const where = `s3://${place.bucket}/${place.prefix}`;
  const release = isDry ? undefined : await lockDirectory(folder, where);
  const state = await openBucketState(folder, options.jobs * 2);
  try {
    const filters = await openBucketFilters(state.client, place, flags);
    const { kept, removed } = isDry ? {} : await openOutputs(state.client, flags, place);
    const deps: RunDependencies = {
      ...{ ...state.on(place.bucket), ...filters, archive: place.bucket },
      ...(kept !== undefined && { kept: kept.output }),
      ...(removed !== undefined && { removed: removed.output }),
    };
    const question = JSON.stringify([digest, place, options.format, matching, ...outputsOf(flags)]);
    const { runId, isResumed } = await nameRun(deps, state, question);
    if (kept !== undefined && !isResumed && !(await kept.isEmpty())) {
      throw new UsageError(
        '--non-matching-output-directory: it is not empty; choose another or empty it',
      );
    }
    const request: RunRequest = {
      runId,
      places: [{ prefix: place.prefix, format: options.format }],
      orders: [{ orderId: ORDER, criteria: criteria.size, hash: keyed(state, digest) }],
      maximumProportion: options.maximum,
      drain: options.settleSeconds * 1_000,
      undoWindow: kept === undefined ? options.undoDays * DAY : 0,
    };
    const looked = new RunCriteria(criteria, [{ orderId: ORDER, criteria }]);
    const summary = { startedAt, criteria, maximum: options.maximum, dryRun: isDry };
    if (isDry) {
      // What would be written elsewhere is current objects alone.
      const searched = flags.nonMatchingOutputDirectory === undefined ? deps : currentOnly(deps);
      const { batches } = await planRun(searched, request);
      for (const [done, batch] of batches.entries()) {
        observe('finding', done, batches.length);
        await findObjects(searched, looked, runId, batch);
      }
      const weighed = await weighRun(deps, runId);
      return await summariseRun(deps, runId, { ...summary, weighed, resumed: false });
    }
    state.places.put(runId, place);
    if (kept === undefined) await driveToEnd(deps, looked, request, observe);
    else await exportRun(deps, looked, request, observe);
    const weighed = await weighRun(deps, runId);
    return await summariseRun(deps, runId, {
      ...{ ...summary, weighed, resumed: isResumed },
      certificates: state.certificates,
      ...(options.residueReport && { residue: await residueByObject(deps, runId, criteria) }),
    });
  } finally {
    await state.close();
    await release?.();
    if (isDry) await rm(folder, { recursive: true, force: true });
  }
}

async function driveToEnd(
  deps: RunDependencies,
  criteria: RunCriteria,
  request: RunRequest,
  observe: BucketObserver,
): Promise<void> {
  for (;;) {
    const outcome = await driveRun(deps, criteria, request, observe);
    if (outcome.kind === 'ended') return;
    observe('settling', 0, 1);
    await wait(Math.max(0, outcome.until - deps.clock.now()));
  }
}

/** The run that the same question began and did not end, or a new one. */
async function nameRun(
  { runs }: RunDependencies,
  state: BucketState,
  question: string,
): Promise<{ runId: string; isResumed: boolean }> {
  const name = `s3-${keyed(state, question)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12)
    .toLowerCase()}`;
  for (let nth = 1; ; nth++) {
    const runId = `${name}-${nth}`;
    const known = await runs.load(runId);
    if (known === undefined) return { runId, isResumed: false };
    if (known.state === 'planning' || known.state === 'working') return { runId, isResumed: true };
  }
}

/** Keyed, so that nobody can try identifiers against it. */
function keyed({ hashKey }: BucketState, text: string): string {
  return createHmac('sha256', hashKey).update(text).digest('base64url');
}

/** What is part of the question that a run is known again by. */
function outputsOf({
  nonMatchingOutputDirectory: kept,
  matchingOutputDirectory: removed,
}: EraseFlags): readonly string[] {
  if (kept === undefined && removed === undefined) return [];
  return [kept, removed].map((text) =>
    text === undefined || /^s3:/i.test(text) ? (text ?? '') : resolve(text),
  );
}

async function openOutputs(
  client: S3Client,
  flags: EraseFlags,
  input: S3Place,
): Promise<{ kept: BucketOutput | undefined; removed: BucketOutput | undefined }> {
  const [keptPlace, removedPlace] = outputsOf(flags);
  if (keptPlace !== undefined && keptPlace === removedPlace) {
    throw new UsageError('matching and non-matching rows need directories of their own');
  }
  const open = async (option: string, text: string | undefined) =>
    text === undefined || text === '' ? undefined : openOutput(client, option, text, input);
  return {
    kept: await open('--non-matching-output-directory', keptPlace),
    removed: await open('--matching-output-directory', removedPlace),
  };
}
