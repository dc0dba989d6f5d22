import type { ArchiveStore, DataMap } from '../../core/data-map/schema.ts';
import type { ObjectFindings } from '../../core/erasure/run/object-work.ts';
import { findObject, forgetObject } from '../../core/erasure/run/object-work.ts';
import type { Matcher } from '../../core/erasure/matcher.ts';
import type { ObjectStore, ObjectVersion } from '../../core/ports/object-store.ts';
import type { ServiceCall, ServiceReply, Services } from '../../core/ports/services.ts';
import type { Tables } from '../tables/open-tables.ts';
import { matcherOf } from './archive-matcher.ts';
import { collectBytes, versionSource } from './version-source.ts';

export interface ErasedArchiveOptions {
  readonly objects: ObjectStore;
  readonly tables: Tables;
  readonly dataMap: DataMap;
  readonly archive: ArchiveStore;
}

/** Something in the archive cannot be read, or not be taken away: whether it is clean is not known. */
class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';
  readonly code: string;
  readonly isRetryable: boolean;

  constructor(code: string, isRetryable = false) {
    super(`The archive could not be worked on: ${code}`);
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** How often a pass is made again because objects were written meanwhile. */
const MOST_PASSES = 5;

/**
 * The archive as a store: finds the subject's rows in every object and every version, and takes them
 * away by writing the objects anew and purging the versions that held them. One object is held in
 * memory at a time; the delivery writes them of a few MiB at most.
 */
export function erasedArchive(options: ErasedArchiveOptions): Services {
  const { objects, tables, archive } = options;
  /** Rows that a task found at first: what it answers however often it is asked. */
  const counted = tables.table<number, string>('archive-tasks');

  async function* search(matcher: Matcher) {
    for await (const version of objects.listVersions(archive.prefix)) {
      if (version.isDeleteMarker) continue;
      const source = versionSource(objects, version);
      const { findings, plan } = await findObject(source, matcher, archive.format);
      yield { version, source, plan, ...readFindings(findings) };
    }
  }

  const countRows = async (matcher: Matcher, which: (version: ObjectVersion) => boolean) => {
    let rows = 0;
    for await (const { version, matched } of search(matcher)) if (which(version)) rows += matched;
    return rows;
  };

  const erase = async (call: ServiceCall, matcher: Matcher): Promise<ServiceReply> => {
    const key = `${call.dsrId}/${call.taskId}`;
    let affected = counted.get(key);
    if (affected === undefined) {
      const rows = await countRows(matcher, ({ isLatest }) => isLatest);
      tables.transact(() => counted.putSync(key, rows));
      affected = rows;
    }
    for (let pass = 0; !(await eraseOnce(matcher)); pass++) {
      if (pass === MOST_PASSES) throw new ArchiveFault('others-keep-writing', true);
    }
    return affected === 0 ? { kind: 'no-data' } : { kind: 'done', affected };
  };

  /** Answers whether nothing was found any more. */
  const eraseOnce = async (matcher: Matcher): Promise<boolean> => {
    let isClean = true;
    for await (const { version, source, plan, format, matched } of search(matcher)) {
      if (matched === 0) continue;
      isClean = false;
      if (version.isLatest) {
        const kept = collectBytes();
        await forgetObject(source, matcher, format, plan, { kept });
        const attributes = await attributesOf(version);
        // Changed in between: its own versions are met in the next pass.
        const put = { ...attributes, ifMatch: version.etag };
        if ((await objects.put(version.key, kept.bytes(), put)).kind === 'changed') continue;
      }
      const deleted = await objects.deleteVersion(version.key, version.versionId);
      if (deleted.kind === 'locked') throw new ArchiveFault('version-locked');
    }
    return isClean;
  };

  const attributesOf = async ({ key, versionId }: ObjectVersion) => {
    const stored = await objects.get(key, { versionId, range: [0, 0] });
    if (stored === undefined) return {};
    // Only the attributes are wanted; leaving the body closes what it is read from.
    for await (const part of stored.body) if (part.length > 0) break;
    const { contentType, contentEncoding, cacheControl, metadata, tags } = stored;
    return {
      ...(contentType !== undefined && { contentType }),
      ...(contentEncoding !== undefined && { contentEncoding }),
      ...(cacheControl !== undefined && { cacheControl }),
      ...(metadata !== undefined && { metadata }),
      ...(tags !== undefined && { tags }),
    };
  };

  const gather = async (matcher: Matcher): Promise<ServiceReply> => {
    const records: Record<string, unknown>[] = [];
    for await (const { version, source, plan, format, matched } of search(matcher)) {
      if (matched === 0 || !version.isLatest) continue;
      const found = collectBytes();
      const kept = { write: () => undefined };
      await forgetObject(source, matcher, format, plan, { kept, matched: found });
      for (const line of Buffer.from(found.bytes()).toString('utf8').split('\n')) {
        if (line !== '') records.push(JSON.parse(line) as Record<string, unknown>);
      }
    }
    if (records.length === 0) return { kind: 'no-data' };
    return { kind: 'done', affected: records.length, data: { kind: 'inline', records } };
  };

  return {
    call: async (call) => {
      const matcher = matcherOf(options, call.identities);
      if (matcher === undefined) return { kind: 'no-data' };
      try {
        if (call.operation === 'erase') return await erase(call, matcher);
        if (call.operation === 'gather' && archive.format === 'jsonl') return await gather(matcher);
        return { kind: 'failed', code: 'operation', retryable: false };
      } catch (error) {
        if (!(error instanceof ArchiveFault)) throw error;
        return { kind: 'failed', code: error.code, retryable: error.isRetryable };
      }
    },
    lookUp: async (_store, identities) => {
      const matcher = matcherOf(options, identities);
      if (matcher === undefined) return { kind: 'absent' };
      try {
        const erasable = await countRows(matcher, () => true);
        return erasable === 0 ? { kind: 'absent' } : { kind: 'present', erasable };
      } catch (error) {
        if (!(error instanceof ArchiveFault)) throw error;
        return { kind: 'failed', code: error.code };
      }
    },
  };
}

/** Fails closed: an object of which a part cannot be read might hold the subject. */
function readFindings(findings: ObjectFindings) {
  if (findings.kind === 'corrupt') throw new ArchiveFault('object-corrupt');
  if (findings.unparsable > 0) throw new ArchiveFault('rows-unparsable');
  return { format: findings.format, matched: findings.matched };
}
