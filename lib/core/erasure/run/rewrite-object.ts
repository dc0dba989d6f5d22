import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

import type { ObjectAttributes, StoredObject } from '../../ports/object-store.ts';
import type { FormatName, ForgetOutputs, ObjectSource } from '../format.ts';
import { formatNamed } from '../formats.ts';
import type { Matcher } from '../matcher.ts';
import { storedSource } from '../stored-source.ts';
import { patchWriter } from '../undo/patch.ts';
import { SealingSink } from '../undo/sealed-stream.ts';
import { quarantinePrefix, undoKeyName, type RunDependencies } from './dependencies.ts';
import { abandonAll, FedPut } from './fed-put.ts';
import { forgetObject } from './object-work.ts';
import type { PushStream } from './push-stream.ts';
import { removedName } from './row-output.ts';
import type { Rewriting, Run, RunObject, RunVersion } from './run.ts';

/** The rewriting was given up before anything was stored. */
class RewriteAbandoned extends Error {
  override readonly name = 'RewriteAbandoned';
}

/** Patches can neither be sealed nor opened: their key is no longer there. */
class UndoKeyGone extends Error {
  override readonly name = 'UndoKeyGone';
}

export type RewriteOutcome =
  | { kind: 'stored'; record: RunObject }
  /** Somebody wrote meanwhile, or it is not what was found: look again. */
  | { kind: 'changed' };

/**
 * Replaces the current version by itself without the matching rows, in constant memory, if it is
 * still the one that was read. The patch is durable and the intent written down before the new
 * version shows, so that it can be undone wherever this dies.
 */
export async function rewriteObject(
  deps: RunDependencies,
  run: Run,
  matcher: Matcher,
  record: RunObject,
  version: RunVersion & { readonly format: FormatName },
): Promise<RewriteOutcome> {
  const { key } = record;
  const attributes = await attributesOf(deps, key, version);
  if (attributes === undefined) return { kind: 'changed' };
  const put = new FedPut((body) =>
    deps.objects.put(key, body, { ...attributes, ifMatch: version.etag }),
  );
  const kept = put.body;
  const removed = removedFor(deps, run, record, version, attributes);
  let patch: Patch | undefined;
  let written: RunObject;
  let rows: number;
  try {
    const source = storedSource(deps.objects, { key, ...version });
    patch = await patchFor(deps, run, record);
    const findings = await forgetInto(matcher, version.format, source, kept, patch, removed?.body);
    if (findings.kind === 'corrupt' || findings.matched === 0) throw new RewriteAbandoned();
    await patch?.close();
    await removed?.close();
    await kept.flush();
    rows = findings.rows - findings.matched;
    const rewriting: Rewriting = {
      format: version.format,
      ...(patch !== undefined && { patch: patch.key }),
      before: { etag: version.etag, versionId: version.versionId },
      after: kept.digest(),
      matched: findings.matched,
    };
    written = { ...record, rewritings: [...record.rewritings, rewriting] };
    await deps.runs.putObject(run.runId, written);
  } catch (error) {
    await abandonAll(new RewriteAbandoned('nothing is to be stored'), [put, patch, removed]);
    if (error instanceof RewriteAbandoned) return { kind: 'changed' };
    throw error;
  }
  const outcome = await put.close();
  if (outcome.kind === 'changed') return { kind: 'changed' };
  const ours: RunVersion = {
    versionId: outcome.versionId,
    etag: outcome.etag,
    ...{ size: 0, lastModified: deps.clock.now(), isLatest: true },
    ...{ status: 'read', format: version.format, rows, matched: 0, unparsable: 0, isOurs: true },
  };
  const others = written.versions.map((each) => ({ ...each, isLatest: false }));
  return { kind: 'stored', record: { ...written, versions: [ours, ...others] } };
}

interface Patch {
  readonly key: string;
  readonly sink: SealingSink;
  readonly byStretches: NonNullable<ForgetOutputs['removed']>;
  /** Durable once this answers. */
  close(): Promise<void>;
  abandon(cause: Error): Promise<void>;
}

/** Rows that are taken out, for whoever wants them kept elsewhere. */
function removedFor(
  { removed }: RunDependencies,
  run: Run,
  record: RunObject,
  { etag }: RunVersion,
  attributes: ObjectAttributes,
): FedPut<void> | undefined {
  if (removed === undefined) return undefined;
  const name = removedName(run.places[record.place]!, record, etag);
  return new FedPut((body) => removed.put(name, body, attributes));
}

async function patchFor(
  deps: RunDependencies,
  run: Run,
  record: RunObject,
): Promise<Patch | undefined> {
  if (run.undo !== 'open') return undefined;
  const outcome = await deps.keys.create(undoKeyName(run.runId));
  if (outcome.kind !== 'key') throw new UndoKeyGone(`the run's undo key is ${outcome.kind}`);
  // Objects' keys may name people; nonces are fresh, so that a name may be used again.
  const name = createHmac('sha256', outcome.key).update(record.key).digest('hex');
  const key = `${quarantinePrefix(run.runId)}${name}/${record.rewritings.length}`;
  const put = new FedPut((body) => deps.quarantine.put(key, body));
  const seal = { key: outcome.key, context: patchContext(run.runId, record.key, key) };
  const sink = new SealingSink(put.body, seal, deps.random.bytes(8));
  return {
    key,
    sink,
    byStretches: patchWriter(sink),
    close: async () => {
      await sink.end();
      await put.close();
    },
    abandon: (cause) => put.abandon(cause),
  };
}

/** What a patch is sealed for. */
export function patchContext(runId: string, objectKey: string, patchKey: string): string {
  return JSON.stringify(['lethe-run-patch/1', runId, objectKey, patchKey]);
}

async function forgetInto(
  matcher: Matcher,
  format: FormatName,
  source: ObjectSource,
  kept: PushStream,
  patch: Patch | undefined,
  matched: PushStream | undefined,
) {
  const byStretches = formatNamed(format).undo === 'stretches';
  const findings = await forgetObject(source, matcher, format, undefined, {
    kept,
    ...(matched !== undefined && { matched }),
    ...(patch !== undefined && byStretches && { removed: patch.byStretches }),
  });
  if (patch !== undefined && !byStretches) {
    let offset = 0;
    for await (const chunk of source.chunks()) {
      await patch.byStretches.write(offset, Buffer.from(chunk));
      offset += chunk.length;
    }
  }
  return findings;
}

/** What must survive the rewriting; undefined when the version is no longer there. */
export async function attributesOf(
  { objects }: Pick<RunDependencies, 'objects'>,
  key: string,
  version: Pick<RunVersion, 'versionId' | 'etag'>,
): Promise<ObjectAttributes | undefined> {
  const stored = await objects.get(key, { versionId: version.versionId, range: [0, 1] });
  if (stored === undefined) return undefined;
  for await (const part of stored.body) if (part.length > 0) break;
  if (stored.etag !== version.etag) return undefined;
  return pickAttributes(stored);
}

function pickAttributes(stored: StoredObject): ObjectAttributes {
  const { contentType, contentEncoding, cacheControl, metadata, tags } = stored;
  const { storageClass, encryptionKeyId } = stored;
  return {
    ...(contentType !== undefined && { contentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(cacheControl !== undefined && { cacheControl }),
    ...(metadata !== undefined && { metadata }),
    ...(tags !== undefined && { tags }),
    ...(storageClass !== undefined && { storageClass }),
    ...(encryptionKeyId !== undefined && { encryptionKeyId }),
  };
}
