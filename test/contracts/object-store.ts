import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ObjectStore,
  ObjectVersion,
  StoredObject,
} from '../../lib/core/ports/object-store.ts';

/** A store of an adapter, empty, with versions on. */
export interface ObjectStoreUnderTest {
  store: ObjectStore;
  close?(): Promise<void>;
}

/** Keys that S3 tells apart and file systems may not. */
const AWKWARD_KEYS = [
  'a',
  'a/b',
  'a.txt',
  'a0',
  'A',
  'a//b',
  'a/b/',
  'with space/and+plus&more=1?x#y',
  '100%/%2F',
  'dots.',
  '.hidden/file',
  'quote"\'<>\\|*:;',
  'caf\u00e9',
  'cafe\u0301',
  '\ud83d\ude00',
  '\uffee',
  `long/${'n'.repeat(600)}/${'m'.repeat(400)}`,
  `long/${'n'.repeat(600)}`,
  `long/${'n'.repeat(200)}`,
  `long/${'n'.repeat(199)}.`,
];

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function bytesOf(object: StoredObject | undefined): Promise<Buffer> {
  if (object === undefined) throw new Error('there is no such object');
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function all(listing: AsyncIterable<ObjectVersion>): Promise<ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  for await (const version of listing) found.push(version);
  return found;
}

/** Registers the suite that every adapter of ObjectStore passes. */
export function objectStoreContract(
  adapter: string,
  make: () => Promise<ObjectStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of ObjectStore`, () => {
    let under: ObjectStoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(async () => {
      await under.close?.();
    });

    const text = async (key: string, versionId?: string): Promise<string> =>
      (
        await bytesOf(await store.get(key, versionId === undefined ? {} : { versionId }))
      ).toString();
    const put = async (key: string, body: string): Promise<{ etag: string; versionId: string }> => {
      const outcome = await store.put(key, Buffer.from(body));
      if (outcome.kind !== 'stored') throw new Error('an unconditional put was refused');
      return outcome;
    };

    it('gives back what was put, with its size and every attribute', async () => {
      const attributes = {
        contentType: 'application/x-ndjson',
        contentEncoding: 'gzip',
        cacheControl: 'no-store',
        metadata: { 'lethe-run': 'r 1' },
        tags: { DataOwner: 'data-platform', Kind: 'a b' },
      };
      const body = Uint8Array.from({ length: 256 }, (_, at) => at);
      const outcome = await store.put('folder/object.jsonl', body, attributes);
      const object = await store.get('folder/object.jsonl');
      expect((await bytesOf(object)).equals(body)).toBe(true);
      expect(object).toMatchObject({ key: 'folder/object.jsonl', size: 256, ...attributes });
      const { etag, versionId, lastModified } = object!;
      expect(outcome).toEqual({ kind: 'stored', etag, versionId });
      expect(lastModified).toBeGreaterThan(0);
    });

    it('holds an empty object', async () => {
      await put('empty', '');
      const object = await store.get('empty');
      expect(object?.size).toBe(0);
      expect(await bytesOf(object)).toHaveLength(0);
    });

    it('takes a body in chunks, larger than a part of a multipart upload', async () => {
      const chunk = Buffer.alloc(1024 * 1024);
      const chunks = Array.from({ length: 7 }, (_, at) => Buffer.from(chunk.fill(at + 1)));
      const outcome = await store.put('large', iterate(chunks));
      expect(outcome.kind).toBe('stored');
      const object = await store.get('large');
      expect(object?.size).toBe(7 * chunk.length);
      expect((await bytesOf(object)).equals(Buffer.concat(chunks))).toBe(true);
    });

    it('stores nothing of a body that fails on the way', async () => {
      await put('key', 'old');
      await expect(store.put('key', failing())).rejects.toThrow('the source broke');
      await expect(store.put('other', failing())).rejects.toThrow('the source broke');
      expect(await text('key')).toBe('old');
      expect(await store.get('other')).toBeUndefined();
      expect(await all(store.listVersions(''))).toHaveLength(1);
    });

    it('gives a range of bytes, up to the end where the range goes past it', async () => {
      const { versionId } = await put('key', '0123456789');
      const range = async (from: number, to: number) =>
        (await bytesOf(await store.get('key', { range: [from, to] }))).toString();
      expect(await range(0, 1)).toBe('0');
      expect(await range(3, 7)).toBe('3456');
      expect(await range(8, 100)).toBe('89');
      expect(
        (await bytesOf(await store.get('key', { versionId, range: [9, 10] }))).toString(),
      ).toBe('9');
      expect((await store.get('key', { range: [3, 7] }))?.size).toBe(10);
    });

    it('answers undefined for a key and for a version that it does not have', async () => {
      const { versionId } = await put('key', 'x');
      expect(await store.get('no such key')).toBeUndefined();
      expect(await store.get('no such key', { versionId })).toBeUndefined();
    });

    it('keeps older versions, with their own bytes and attributes', async () => {
      const first = await store.put('key', Buffer.from('one'), { contentType: 'text/one' });
      const second = await store.put('key', Buffer.from('two'), { contentType: 'text/two' });
      if (first.kind !== 'stored' || second.kind !== 'stored') throw new Error('not stored');
      expect(first.versionId).not.toBe(second.versionId);
      expect(await text('key')).toBe('two');
      expect(await text('key', first.versionId)).toBe('one');
      expect((await store.get('key', { versionId: first.versionId }))?.contentType).toBe(
        'text/one',
      );
    });

    it('gives equal ETags of one key to equal content alone', async () => {
      const one = await put('key', 'same');
      const two = await put('key', 'different');
      const three = await put('key', 'same');
      expect(one.etag).toBe(three.etag);
      expect(one.etag).not.toBe(two.etag);
    });

    it('stores under If-Match only while the current version is the one that was read', async () => {
      const { etag } = await put('key', 'one');
      expect((await store.put('key', Buffer.from('two'), { ifMatch: etag })).kind).toBe('stored');
      expect(await store.put('key', Buffer.from('three'), { ifMatch: etag })).toEqual({
        kind: 'changed',
      });
      expect(await text('key')).toBe('two');
      expect(await all(store.listVersions('key'))).toHaveLength(2);
    });

    it('refuses If-Match on a key that is absent or was deleted', async () => {
      const { etag } = await put('key', 'one');
      expect((await store.put('absent', Buffer.from('x'), { ifMatch: etag })).kind).toBe('changed');
      await store.delete('key');
      expect((await store.put('key', Buffer.from('x'), { ifMatch: etag })).kind).toBe('changed');
      expect(await store.get('absent')).toBeUndefined();
    });

    it('stores under ifAbsent only while there is no current version', async () => {
      const ifAbsent = true;
      expect((await store.put('key', Buffer.from('one'), { ifAbsent })).kind).toBe('stored');
      expect((await store.put('key', Buffer.from('two'), { ifAbsent })).kind).toBe('changed');
      expect(await text('key')).toBe('one');
      await store.delete('key');
      expect((await store.put('key', Buffer.from('three'), { ifAbsent })).kind).toBe('stored');
      expect(await text('key')).toBe('three');
    });

    it('lets one of many conditional writers at a time win', async () => {
      const { etag } = await put('shared', 'start');
      const writers = Array.from({ length: 12 }, (_, at) => Buffer.from(`writer ${at}`));
      const matching = await Promise.all(
        writers.map((body) => store.put('shared', body, { ifMatch: etag })),
      );
      expect(matching.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
      const absent = await Promise.all(
        writers.map((body) => store.put('fresh', body, { ifAbsent: true })),
      );
      expect(absent.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
      expect(await all(store.listVersions('fresh'))).toHaveLength(1);
    });

    it('hides a key behind a delete marker and shows it again without the marker', async () => {
      const { versionId } = await put('key', 'one');
      await store.delete('key');
      expect(await store.get('key')).toBeUndefined();
      expect(await all(store.list(''))).toEqual([]);
      expect(await text('key', versionId)).toBe('one');
      const [marker, old] = await all(store.listVersions('key'));
      expect(marker).toMatchObject({ isDeleteMarker: true, isLatest: true });
      expect(old).toMatchObject({ versionId, isDeleteMarker: false, isLatest: false });
      expect(await store.get('key', { versionId: marker!.versionId })).toBeUndefined();
      expect(await store.deleteVersion('key', marker!.versionId)).toEqual({ kind: 'deleted' });
      expect(await text('key')).toBe('one');
    });

    it('takes one version away for good and leaves the others', async () => {
      const one = await put('key', 'one');
      const two = await put('key', 'two');
      const three = await put('key', 'three');
      expect(await store.deleteVersion('key', two.versionId)).toEqual({ kind: 'deleted' });
      expect(await store.get('key', { versionId: two.versionId })).toBeUndefined();
      expect(await store.deleteVersion('key', three.versionId)).toEqual({ kind: 'deleted' });
      expect(await text('key')).toBe('one');
      expect(await store.deleteVersion('key', one.versionId)).toEqual({ kind: 'deleted' });
      expect(await store.get('key')).toBeUndefined();
      expect(await all(store.listVersions(''))).toEqual([]);
      // S3 answers success also for a version that it no longer has.
      const again = await store.deleteVersion('key', one.versionId);
      expect(['deleted', 'missing']).toContain(again.kind);
    });

    it('takes a key again after its last version was taken away', async () => {
      const { versionId } = await put('key', 'one');
      await store.deleteVersion('key', versionId);
      expect((await store.put('key', Buffer.from('two'), { ifAbsent: true })).kind).toBe('stored');
      expect(await text('key')).toBe('two');
      expect(await all(store.listVersions('key'))).toHaveLength(1);
    });

    it('tells awkward keys apart, and lists them in order of their UTF-8 bytes', async () => {
      for (const key of AWKWARD_KEYS) await put(key, `content of ${key}`);
      for (const key of AWKWARD_KEYS) expect(await text(key)).toBe(`content of ${key}`);
      const sorted = [...AWKWARD_KEYS].sort(byUtf8);
      expect((await all(store.list(''))).map(({ key }) => key)).toEqual(sorted);
      expect((await all(store.listVersions(''))).map(({ key }) => key)).toEqual(sorted);
      for (const prefix of ['a', 'a/', 'a/b', 'long/n', 'caf', 'no such']) {
        expect((await all(store.list(prefix))).map(({ key }) => key)).toEqual(
          sorted.filter((key) => key.startsWith(prefix)),
        );
      }
    });

    it('lists from any key on, without that key, whether it is there or not', async () => {
      for (const key of AWKWARD_KEYS) await put(key, 'old');
      for (const key of AWKWARD_KEYS) await put(key, 'new');
      const sorted = [...AWKWARD_KEYS].sort(byUtf8);
      for (const [at, after] of sorted.entries()) {
        const rest = sorted.slice(at + 1);
        const current = await all(store.list('', { after }));
        expect(current.map(({ key }) => key)).toEqual(rest);
        const versions = await all(store.listVersions('', { after }));
        expect(versions.map(({ key }) => key)).toEqual(rest.flatMap((key) => [key, key]));
      }
      const below = sorted.filter((key) => key.startsWith('a') && byUtf8(key, 'a/0') > 0);
      const found = await all(store.list('a', { after: 'a/0' }));
      expect(found.map(({ key }) => key)).toEqual(below);
    });

    it('lists versions by key, each key with its newest first and one latest', async () => {
      for (const body of ['1', '22', '333']) {
        await put('b', body);
        await put('a', body);
      }
      const versions = await all(store.listVersions(''));
      expect(versions.map(({ key, size, isLatest }) => [key, size, isLatest])).toEqual([
        ['a', 3, true],
        ['a', 2, false],
        ['a', 1, false],
        ['b', 3, true],
        ['b', 2, false],
        ['b', 1, false],
      ]);
      const current = await all(store.list(''));
      expect(current.map(({ key, size, isLatest }) => [key, size, isLatest])).toEqual([
        ['a', 3, true],
        ['b', 3, true],
      ]);
    });

    it('lets a reader keep the version that it began with', async () => {
      const old = 'old '.repeat(50_000);
      await put('key', old);
      const reading = await store.get('key');
      await put('key', 'new');
      expect((await bytesOf(reading)).toString()).toBe(old);
    });
  });
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('half of'));
  throw new Error('the source broke');
}
