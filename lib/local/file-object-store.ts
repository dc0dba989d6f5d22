import { randomUUID } from 'node:crypto';
import { link, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/ports/clock.ts';
import type {
  DeleteVersionOutcome,
  ObjectStore,
  ListOptions,
  ObjectVersion,
  PutObjectOptions,
  PutObjectOutcome,
  StoredObject,
} from '../core/ports/object-store.ts';
import { makeFolder, syncFolder, unlessMissing } from './durable-files.ts';
import { encodeKey, SUFFIX, type KeyEncoding } from './object-store/key-path.ts';
import { readLayout } from './object-store/layout.ts';
import { ReadableTree } from './object-store/readable-tree.ts';
import { Staging, type Staged } from './object-store/staging.ts';
import {
  commitRecord,
  dataPath,
  finishRemovals,
  readNewest,
  readRecords,
  removeVersion,
  type NumberedRecord,
  type VersionRecord,
} from './object-store/version-record.ts';
import { asObject, asVersion, mayPut, type Condition } from './object-store/version-view.ts';
import { comesAfter, walkKeys } from './object-store/version-walk.ts';

export interface FileObjectStoreOptions {
  /** Folder that shows the current objects; versions and attributes lie in `<directory>.versions`. */
  directory: string;
  clock: Clock;
  /** Default retention of each new version, in ms, as of a bucket with Object Lock. @default none */
  retention?: number;
}

/**
 * Opens an object store on disk, and finishes what a killed process left. Any number of processes may
 * use one folder at a time. Each put and delete is synced to the disk before it answers.
 *
 * The folder of a key keeps a small mark for good once its last version was taken away: it is what
 * keeps a writer who read the old state from undoing the removal.
 */
export async function openFileObjectStore(options: FileObjectStoreOptions): Promise<ObjectStore> {
  const versions = `${options.directory}.versions`;
  await makeFolder(options.directory);
  const encoding = await readLayout(versions);
  const staging = await Staging.open(join(versions, '%staging'));
  const store = new FileObjectStore(options, versions, encoding, staging);
  await staging.sweep((record) => store.finish(record));
  return store;
}

class FileObjectStore implements ObjectStore {
  private readonly options: FileObjectStoreOptions;
  private readonly versions: string;
  private readonly encoding: KeyEncoding;
  private readonly staging: Staging;
  private readonly tree: ReadableTree;

  constructor(
    options: FileObjectStoreOptions,
    versions: string,
    encoding: KeyEncoding,
    staging: Staging,
  ) {
    this.options = options;
    this.versions = versions;
    this.encoding = encoding;
    this.staging = staging;
    this.tree = new ReadableTree(options.directory);
  }

  async put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    { ifMatch, ifAbsent, ...attributes }: PutObjectOptions = {},
  ): Promise<PutObjectOutcome> {
    const condition = { ifMatch, ifAbsent };
    const folder = this.folderOf(key);
    // Refused early when it can be: a body may be long. What counts is the check at the commit.
    if (!mayPut((await readNewest(folder)).newest, condition)) return { kind: 'changed' };
    const staged = this.staging.begin();
    const content = await this.staging.writeData(staged, body);
    const record = this.newRecord(key, { ...content, attributes });
    const stored = await this.commit(folder, staged, record, condition);
    return stored
      ? { kind: 'stored', etag: record.etag, versionId: record.versionId }
      : { kind: 'changed' };
  }

  async get(
    key: string,
    { versionId, range }: { versionId?: string; range?: readonly [from: number, to: number] } = {},
  ): Promise<StoredObject | undefined> {
    const folder = this.folderOf(key);
    for (;;) {
      const record =
        versionId === undefined
          ? (await readNewest(folder)).newest
          : (await this.findVersion(folder, versionId))?.record;
      if (record === undefined || record.isDeleteMarker) return undefined;
      // Opened now: who reads it keeps the version that was asked for, whatever happens meanwhile.
      const handle = await unlessMissing(open(dataPath(folder, record.versionId), 'r'));
      // Taken away in between: look again.
      if (handle === undefined) continue;
      return asObject(record, handle, range);
    }
  }

  async *list(prefix: string, { after }: ListOptions = {}): AsyncGenerator<ObjectVersion> {
    for await (const { key, folder } of walkKeys(this.keysFolder(), prefix)) {
      if (!comesAfter(key, after)) continue;
      const { newest } = await readNewest(folder);
      if (newest !== undefined && !newest.isDeleteMarker) yield asVersion(newest, true);
    }
  }

  async *listVersions(prefix: string, { after }: ListOptions = {}): AsyncGenerator<ObjectVersion> {
    for await (const { key, folder } of walkKeys(this.keysFolder(), prefix)) {
      if (!comesAfter(key, after)) continue;
      let isLatest = true;
      for await (const { record } of readRecords(folder)) {
        yield asVersion(record, isLatest);
        isLatest = false;
      }
    }
  }

  async delete(key: string): Promise<void> {
    const marker = this.newRecord(key, { etag: '', size: 0, attributes: {} });
    await this.commit(this.folderOf(key), this.staging.begin(), {
      ...marker,
      isDeleteMarker: true,
    });
  }

  async deleteVersion(key: string, versionId: string): Promise<DeleteVersionOutcome> {
    const folder = this.folderOf(key);
    await finishRemovals(folder);
    const found = await this.findVersion(folder, versionId);
    if (found === undefined) return { kind: 'missing' };
    const { lockedUntil } = found.record;
    if (lockedUntil !== undefined && lockedUntil > this.options.clock.now()) {
      return { kind: 'locked', until: lockedUntil };
    }
    const staged = this.staging.begin();
    await this.staging.writeRecord(staged, found.record);
    await removeVersion(folder, found);
    await this.refreshTree(key, folder, staged);
    await this.staging.end(staged);
    return { kind: 'deleted' };
  }

  /** Brings to its end what a killed process had begun on one version. */
  async finish({ key, versionId }: VersionRecord): Promise<void> {
    const folder = this.folderOf(key);
    await finishRemovals(folder);
    if ((await this.findVersion(folder, versionId)) === undefined) {
      await unlessMissing(unlink(dataPath(folder, versionId)));
    }
    const staged = this.staging.begin();
    await this.refreshTree(key, folder, staged);
    await this.staging.end(staged);
  }

  /**
   * Takes the next number for a version if the condition still holds. What a thrown error leaves in
   * the staging folder is a note for the next start to finish.
   */
  private async commit(
    folder: string,
    staged: Staged,
    record: VersionRecord,
    condition: Condition = {},
  ): Promise<boolean> {
    await this.staging.writeRecord(staged, record);
    await makeFolder(folder);
    const data = dataPath(folder, record.versionId);
    if (!record.isDeleteMarker) {
      await link(staged.dataPath, data);
      // Data before record: no crash and no power cut may leave a record without its bytes.
      await syncFolder(folder);
    }
    const stored = await this.takeNumber(folder, staged, condition);
    if (stored) {
      await finishRemovals(folder);
      await this.refreshTree(record.key, folder, staged);
    } else await unlessMissing(unlink(data));
    await this.staging.end(staged);
    return stored;
  }

  private async takeNumber(folder: string, staged: Staged, condition: Condition): Promise<boolean> {
    for (;;) {
      const { highest, newest } = await readNewest(folder);
      if (!mayPut(newest, condition)) return false;
      if (await commitRecord(folder, staged.recordPath, highest + 1)) return true;
    }
  }

  /** Lets the readable tree show the newest version; the last writer to finish always looks again. */
  private async refreshTree(key: string, folder: string, staged: Staged): Promise<void> {
    const names = encodeKey(key, this.encoding);
    for (;;) {
      const { newest } = await readNewest(folder);
      if (newest === undefined || newest.isDeleteMarker) await this.tree.hide(names);
      else await this.tree.show(names, dataPath(folder, newest.versionId), staged.linkPath);
      const again = (await readNewest(folder)).newest;
      if (again?.versionId === newest?.versionId) return;
    }
  }

  private newRecord(
    key: string,
    content: Pick<VersionRecord, 'etag' | 'size' | 'attributes'>,
  ): VersionRecord {
    const lastModified = this.options.clock.now();
    const { retention } = this.options;
    return {
      key,
      versionId: randomUUID(),
      ...content,
      lastModified,
      isDeleteMarker: false,
      ...(retention === undefined ? {} : { lockedUntil: lastModified + retention }),
    };
  }

  private async findVersion(
    folder: string,
    versionId: string,
  ): Promise<NumberedRecord | undefined> {
    for await (const found of readRecords(folder)) {
      if (found.record.versionId === versionId) return found;
    }
    return undefined;
  }

  private keysFolder(): string {
    return join(this.versions, 'keys');
  }

  private folderOf(key: string): string {
    return join(this.keysFolder(), ...encodeKey(key, this.encoding)) + SUFFIX.versions;
  }
}
