import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { unlessMissing } from '../../../lib/local/durable-files.ts';
import { formatQuantity } from '../../terminal/numbers.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { RunStore } from './run-journal.ts';
import { undoRun, type UndoSummary } from './undo-run.ts';
import { UsageError } from './usage-error.ts';

interface UndoFlags {
  expire?: boolean;
  stateDirectory: string;
  json?: boolean;
}

/** Runs the command and answers its exit code. */
export async function runUndo(
  terminal: Terminal,
  run: string | undefined,
  flags: UndoFlags,
): Promise<number> {
  try {
    if (run?.startsWith('s3-') === true) return await undoBucketRun(terminal, run, flags);
    const store = await RunStore.open(resolve(flags.stateDirectory));
    if (flags.expire === true) return await expire(terminal, store, run, flags.json === true);
    if (run === undefined) throw new UsageError('name the run that is to be undone');
    const summary = await undoRun(store, run, Date.now());
    if (flags.json === true) terminal.json(summary);
    else print(terminal, summary);
    return summary.outcome === 'restored' || summary.outcome === 'already-undone' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

async function expire(
  terminal: Terminal,
  store: RunStore,
  id: string | undefined,
  json: boolean,
): Promise<number> {
  let expired: string[];
  if (id === undefined) {
    expired = await store.expireDue(Date.now());
    if ((await unlessMissing(stat(join(store.folder, 's3')))) !== undefined) {
      const { expireBucketRuns } = await import('./undo-bucket.ts');
      expired.push(...(await expireBucketRuns(store.folder)));
    }
  } else {
    const run = await store.read(id);
    if (!run) throw new UsageError(`there is no run ${id} in ${store.folder}`);
    if (run.state === 'running') throw new UsageError(`run ${id} is not finished`);
    await store.expire(run);
    expired = [id];
  }
  if (json) terminal.json({ expired });
  else
    terminal.print(`Destroyed the keys and patches of ${formatQuantity(expired.length, 'run')}.`);
  return 0;
}

async function undoBucketRun(terminal: Terminal, id: string, flags: UndoFlags): Promise<number> {
  const { undoInBucket } = await import('./undo-bucket.ts');
  const summary = await undoInBucket(resolve(flags.stateDirectory), id, flags.expire === true);
  if (flags.json === true) terminal.json(summary);
  else print(terminal, summary);
  if (flags.expire === true) return summary.outcome === 'expired' ? 0 : 1;
  return summary.outcome === 'restored' || summary.outcome === 'already-undone' ? 0 : 1;
}

function print(terminal: Terminal, summary: UndoSummary): void {
  for (const { key, status, reason } of summary.objects) {
    if (status !== 'restored') terminal.note(`${key}: not given back: ${reason ?? status}`);
  }
  const restored = summary.objects.filter(({ status }) => status === 'restored').length;
  const objects = formatQuantity(restored, 'object');
  const words: Record<UndoSummary['outcome'], string> = {
    restored: `Gave back all that run ${summary.run} removed: ${objects}.`,
    partly: `Gave back ${objects}; the others are as they were.`,
    expired: `The undo window of run ${summary.run} has ended; what it removed is gone for good.`,
    'already-undone': `Run ${summary.run} was undone before.`,
  };
  terminal.print(words[summary.outcome]);
}
