import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { withContent } from '../../../lib/core/erasure/compression/content.ts';
import { FORMATS, type ByteSink } from '../../../lib/core/erasure/format.ts';
import { formatNamed } from '../../../lib/core/erasure/formats.ts';
import { applyPatch } from '../../../lib/core/erasure/undo/patch.ts';
import { openSealed, SealBroken } from '../../../lib/core/erasure/undo/sealed-stream.ts';
import { lockDirectory } from './directory-lock.ts';
import { HashedOutput } from './file-output.ts';
import { FileSource, sameState, stateOf } from './file-source.ts';
import { renameDurably, unfinished } from './rewrite.ts';
import { hashOfFile } from './run-history.ts';
import {
  patchContext,
  type Journal,
  type PreparedEntry,
  type Run,
  type RunStore,
} from './run-journal.ts';
import { UsageError } from './usage-error.ts';

export interface UndoSummary {
  run: string;
  outcome: 'restored' | 'partly' | 'expired' | 'already-undone';
  objects: readonly { key: string; status: 'restored' | 'changed' | 'failed'; reason?: string }[];
}

/** Gives back what a run has removed, where nobody has written since. Throws {@link UsageError}. */
export async function undoRun(store: RunStore, id: string, now: number): Promise<UndoSummary> {
  await store.expireDue(now);
  const run = await store.read(id);
  if (!run) throw new UsageError(`there is no run ${id} in ${store.folder}`);
  if (run.state === 'running') {
    throw new UsageError(`run ${id} was cut short; give its erase command once more, then undo it`);
  }
  if (run.state === 'undone') return { run: id, outcome: 'already-undone', objects: [] };
  if (!run.inPlace) {
    throw new UsageError(`run ${id} wrote to another directory; its input is as it was`);
  }
  const key = run.undoUntil === undefined ? undefined : await store.keyOf(id);
  if (run.state === 'expired' || !key) return { run: id, outcome: 'expired', objects: [] };
  const release = await lockDirectory(store.folder, run.input);
  try {
    return await restoreAll(store, run, key);
  } finally {
    await release();
  }
}

async function restoreAll(store: RunStore, run: Run, key: Uint8Array): Promise<UndoSummary> {
  const journal = store.journal(run.id);
  const entries = await journal.read();
  const byKey = new Map<string, PreparedEntry[]>();
  for (const entry of entries) {
    // Newest first: what was taken out last comes back first.
    if (entry.kind === 'prepared' && entry.patch) {
      byKey.set(entry.key, [entry, ...(byKey.get(entry.key) ?? [])]);
    }
  }
  const restored = entries.flatMap((entry) => (entry.kind === 'restored' ? [entry.after] : []));
  const objects: UndoSummary['objects'][number][] = [];
  for (const [name, taken] of byKey) {
    objects.push(await restoreObject({ store, run, key, journal, restored }, name, taken));
  }
  await journal.close();
  // The journal has them as workers ended; people look for a name.
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  const whole = objects.every(({ status }) => status === 'restored');
  // Nothing is missing any more: what was sealed for it has no purpose.
  if (whole) await store.expire({ ...run, state: 'undone' });
  return { run: run.id, outcome: whole ? 'restored' : 'partly', objects };
}

interface Undoing {
  store: RunStore;
  run: Run;
  key: Uint8Array;
  journal: Journal;
  /** Hashes of what earlier undos have given back. */
  restored: readonly string[];
}

async function restoreObject(
  undoing: Undoing,
  key: string,
  taken: readonly PreparedEntry[],
): Promise<UndoSummary['objects'][number]> {
  const path = join(undoing.run.input, key);
  let current = await hashOfFile(path);
  let isRestored = current !== undefined && undoing.restored.includes(current);
  try {
    for (const entry of taken) {
      if (entry.after !== current) continue;
      current = await restore(undoing, path, entry);
      isRestored = true;
    }
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    return { key, status: 'failed', reason: error.message };
  }
  if (isRestored) return { key, status: 'restored' };
  const reason = current === undefined ? 'it is no longer there' : 'it was changed since the run';
  return { key, status: 'changed', reason };
}

async function restore(undoing: Undoing, path: string, entry: PreparedEntry): Promise<string> {
  const { store, run, key, journal } = undoing;
  const format = FORMATS.find((name) => name === entry.format);
  if (!format) throw new SealBroken(`its format ${entry.format} is unknown`);
  const beside = unfinished(path, run.id);
  const source = new FileSource(path);
  const patch = new FileSource(store.patchPath(run.id, entry.sequence));
  const output = new HashedOutput(beside, { mode: source.mode });
  try {
    const context = patchContext(run.id, entry);
    const opened = openSealed(patch.reader(), { key, context });
    const isWhole =
      formatNamed(format).undo === 'whole'
        ? await applyPatch({ read: () => 0 }, opened, output)
        : await applyToContent(source, opened, output);
    if (!isWhole) throw new SealBroken('the patch does not fit the object');
    await output.finish();
    const after = output.digest();
    const now = await stat(path, { bigint: true });
    if (!sameState(stateOf(now), source.state)) throw new SealBroken('others are writing it');
    await journal.append({ kind: 'restored', sequence: entry.sequence, after });
    await renameDurably(beside, path);
    return after;
  } catch (error) {
    await output.abandon();
    throw error;
  } finally {
    source.close();
    patch.close();
  }
}

async function applyToContent(
  source: FileSource,
  patch: AsyncIterable<Uint8Array>,
  output: ByteSink,
): Promise<boolean> {
  return withContent(source, async (content) => {
    const sink = content.compress(output);
    const isWhole = await applyPatch(content.reader, patch, sink);
    await sink.end();
    return isWhole;
  });
}
