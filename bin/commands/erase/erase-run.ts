import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';

import { existingDirectory, listArchive, outputDirectory } from './archive-files.ts';
import { readCriteriaFile } from './criteria-file.ts';
import { openFilters } from './filtered.ts';
import { lockDirectory } from './directory-lock.ts';
import {
  dryRun,
  eraseFiles,
  type EraseJob,
  type EraseObserver,
  type Places,
} from './erase-work.ts';
import { readOptions, type EraseFlags } from './options.ts';
import { RunStore } from './run-journal.ts';
import { piecesIn } from './search-pieces.ts';
import type { EraseSummary } from './summary.ts';
import { UsageError } from './usage-error.ts';
import { WorkerPool } from './worker-pool.ts';

/** The whole command, from its options to its summary. Throws {@link UsageError}. */
export async function eraseArchive(
  flags: EraseFlags,
  observer: EraseObserver,
): Promise<EraseSummary> {
  const startedAt = Date.now();
  const options = readOptions(flags);
  if (flags.keySecret !== undefined) {
    throw new UsageError('--key-secret: filters of a directory have a key of their own');
  }
  const input = await existingDirectory('--input-directory', flags.inputDirectory);
  const { criteria, digest } = await readCriteriaFile(flags.removalCriteria, {
    strictTypes: flags.strictTypes === true,
    ignoreCase: flags.ignoreCase === true,
  });
  const state = resolve(flags.stateDirectory);
  const files = await listArchive(input, [state, resolve(flags.removalCriteria)]);
  const isDry = flags.dryRun === true;
  const places = await placesOf(flags, input, isDry);
  const release = isDry ? undefined : await lockDirectory(state, input);
  const work = files.reduce((sum, { size }) => sum + piecesIn(size), 0);
  const pool = new WorkerPool(criteria, Math.max(1, Math.min(options.jobs, work)));
  try {
    const filters =
      flags.filters === undefined
        ? undefined
        : await openFilters(input, state, flags.filters, criteria, options.format);
    const job: EraseJob = { files, criteria, options, places, pool, observer, startedAt };
    if (filters) job.skip = filters.skip;
    if (isDry) return await dryRun(job);
    const store = await RunStore.open(state);
    await store.expireDue(startedAt);
    const question = JSON.stringify([
      digest,
      places,
      options.format,
      flags.strictTypes,
      flags.ignoreCase,
    ]);
    if (places.kept !== undefined) await refuseUsedOutput(places.kept, store, question);
    const summary = await eraseFiles(job, store, question);
    if (filters && places.kept === undefined) {
      const erased = summary.objects.filter(
        ({ status, matched }) => matched > 0 && status !== 'failed' && status !== 'corrupt',
      );
      await filters.forget(erased.map(({ key }) => key));
    }
    return summary;
  } finally {
    await pool.close();
    await release?.();
  }
}

async function placesOf(flags: EraseFlags, input: string, isDry: boolean): Promise<Places> {
  const place = async (option: string, path: string | undefined) =>
    path === undefined || isDry ? undefined : outputDirectory(option, path, input);
  const kept = await place('--non-matching-output-directory', flags.nonMatchingOutputDirectory);
  const matched = await place('--matching-output-directory', flags.matchingOutputDirectory);
  if (kept !== undefined && kept === matched) {
    throw new UsageError('matching and non-matching rows need directories of their own');
  }
  return { input, kept, matched };
}

/** Kept rows of two runs must not mix; an unfinished run may go on where it was. */
async function refuseUsedOutput(folder: string, store: RunStore, question: string): Promise<void> {
  if ((await readdir(folder)).length === 0) return;
  if (await store.unfinished(question)) return;
  throw new UsageError(
    `--non-matching-output-directory: ${folder} is not empty; choose another or empty it`,
  );
}
