import { createHash } from 'node:crypto';

import { signCanonical } from '../../receipts/sign-receipt.ts';
import type { SignedProof, UndoExpiry } from '../certificate/certificate.ts';
import { ChunkReader } from '../compression/chunk-reader.ts';
import { withContent } from '../compression/content.ts';
import { formatNamed } from '../formats.ts';
import { storedSource } from '../stored-source.ts';
import { applyPatch } from '../undo/patch.ts';
import { openSealed, SealBroken } from '../undo/sealed-stream.ts';
import { quarantinePrefix, undoKeyName, type RunDependencies } from './dependencies.ts';
import { PushStream } from './push-stream.ts';
import { attributesOf, patchContext } from './rewrite-object.ts';
import type { Rewriting, Run, RunObject } from './run.ts';
import { loadRun, updateRun } from './saved-run.ts';

export interface UndoOutcome {
  readonly outcome: 'restored' | 'partly' | 'expired' | 'already-undone' | 'nothing-kept';
  readonly objects: readonly {
    readonly key: string;
    /** `changed`: somebody has written since; it is as they left it. */
    readonly status: 'restored' | 'changed' | 'failed';
  }[];
}

/**
 * Gives back what a run has taken out of current versions, where nobody has written since. Versions
 * that were purged stay purged: nothing can be put into the past of an object.
 */
export async function undoRun(deps: RunDependencies, runId: string): Promise<UndoOutcome> {
  let run = await loadRun(deps, runId);
  if (run.undoUntil !== undefined && run.undo === 'open' && run.undoUntil <= deps.clock.now()) {
    await expireUndo(deps, runId);
    run = await loadRun(deps, runId);
  }
  if (run.undo === 'none') return { outcome: 'nothing-kept', objects: [] };
  if (run.undo === 'undone') return { outcome: 'already-undone', objects: [] };
  const key = await deps.keys.get(undoKeyName(runId));
  if (run.undo === 'expired' || key.kind === 'destroyed')
    return { outcome: 'expired', objects: [] };
  const objects: UndoOutcome['objects'][number][] = [];
  for (let batch = 0; batch < run.batches; batch++) {
    for await (const record of deps.runs.objects(runId, batch)) {
      if (record.rewritings.length === 0 || key.kind === 'missing') continue;
      const undoing = { deps, run, sealKey: key.key };
      objects.push({ key: record.key, status: await restoreObject(undoing, record) });
    }
  }
  const isWhole = objects.every(({ status }) => status === 'restored');
  if (isWhole) {
    // Nothing is missing any more: what was sealed for it has no purpose.
    await destroyPatches(deps, runId);
    await updateRun(deps, runId, (now) => ({ ...now, undo: 'undone' }));
  }
  return { outcome: isWhole ? 'restored' : 'partly', objects };
}

/** Ends the possibility of an undo, and says so in a signed statement beside the certificate. */
export async function expireUndo(deps: RunDependencies, runId: string): Promise<boolean> {
  const run = await loadRun(deps, runId);
  if (run.undo !== 'open') return false;
  const patches = await destroyPatches(deps, runId);
  const certificate: UndoExpiry = {
    format: 'lethe-undo-expiry/1',
    runId,
    certificate: run.certificate?.hash ?? '',
    destroyedAt: new Date(deps.clock.now()).toISOString(),
    patches,
  };
  const signature = await signCanonical(deps.signer, certificate);
  const proof: SignedProof<UndoExpiry> = { certificate, signature };
  await deps.certificates.put(
    `certificates/${runId}.undo-expiry.ndjson`,
    Buffer.from(`${JSON.stringify(proof)}\n`),
    { ifAbsent: true, contentType: 'application/x-ndjson' },
  );
  await updateRun(deps, runId, (now) => ({ ...now, undo: 'expired' }));
  return true;
}

/** Ends every window that is over. Answers the runs. */
export async function expireUndos(deps: RunDependencies): Promise<readonly string[]> {
  const due: string[] = [];
  for await (const { runId, undoUntil = 0 } of deps.runs.undoable()) {
    if (undoUntil <= deps.clock.now()) due.push(runId);
  }
  for (const runId of due) await expireUndo(deps, runId);
  return due;
}

/** The key first: whatever else is interrupted, no patch opens any more. */
async function destroyPatches(deps: RunDependencies, runId: string): Promise<number> {
  await deps.keys.destroy(undoKeyName(runId));
  let patches = 0;
  for await (const version of deps.quarantine.listVersions(quarantinePrefix(runId))) {
    await deps.quarantine.deleteVersion(version.key, version.versionId);
    if (!version.isDeleteMarker) patches++;
  }
  return patches;
}

interface Undoing {
  readonly deps: RunDependencies;
  readonly run: Run;
  readonly sealKey: Uint8Array;
}

async function restoreObject(
  undoing: Undoing,
  record: RunObject,
): Promise<'restored' | 'changed' | 'failed'> {
  let current = await currentOf(undoing, record.key);
  let known = record;
  let isRestored = current !== undefined && current.hash === record.restored;
  try {
    for (const rewriting of [...record.rewritings].reverse()) {
      if (current === undefined || rewriting.after !== current.hash) continue;
      const restored = await restore(undoing, known, current, rewriting);
      if (restored === undefined) return 'changed';
      known = restored;
      current = await currentOf(undoing, record.key);
      isRestored = current !== undefined && current.hash === known.restored;
    }
  } catch (error) {
    if (error instanceof SealBroken) return 'failed';
    throw error;
  }
  return isRestored ? 'restored' : 'changed';
}

interface Current {
  readonly key: string;
  readonly versionId: string;
  readonly etag: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

async function currentOf({ deps }: Undoing, key: string): Promise<Current | undefined> {
  const stored = await deps.objects.get(key);
  if (stored === undefined) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of stored.body) hash.update(chunk);
  const { versionId, etag, size } = stored;
  return { key, versionId, etag, size, hash: hash.digest('hex') };
}

/** Answers the record with what is there now; undefined when somebody wrote in between. */
async function restore(
  { deps, run, sealKey }: Undoing,
  record: RunObject,
  current: Current,
  { patch, format }: Rewriting,
): Promise<RunObject | undefined> {
  const attributes = await attributesOf(deps, record.key, current);
  if (attributes === undefined) return undefined;
  const sealed = patch === undefined ? undefined : await deps.quarantine.get(patch);
  if (patch === undefined || sealed === undefined) throw new SealBroken('its patch is not there');
  const output = new PushStream();
  const put = deps.objects.put(record.key, output, { ...attributes, ifMatch: current.etag });
  const settled = put.then(
    () => output.release(),
    () => output.release(),
  );
  const context = patchContext(run.runId, record.key, patch);
  const reader = new ChunkReader(sealed.body);
  const opened = openSealed(reader, { key: sealKey, context });
  let written: RunObject;
  try {
    const source = storedSource(deps.objects, current);
    let isWhole: boolean;
    if (formatNamed(format).undo === 'whole') {
      isWhole = await applyPatch({ read: () => 0 }, opened, output);
    } else {
      isWhole = await withContent(source, async (content) => {
        const sink = content.compress(output);
        const fits = await applyPatch(content.reader, opened, sink);
        await sink.end();
        return fits;
      });
    }
    if (!isWhole) throw new SealBroken('the patch does not fit the object');
    await output.flush();
    written = { ...record, restored: output.digest() };
    await deps.runs.putObject(run.runId, written);
    output.end();
  } catch (error) {
    output.fail(new Error('nothing is to be stored'));
    await settled;
    throw error;
  } finally {
    await reader.close();
  }
  return (await put).kind === 'stored' ? written : undefined;
}
