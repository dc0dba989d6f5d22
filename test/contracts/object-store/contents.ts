import { expect, it } from 'vitest';
import { all, bytesOf, type OpenedStore } from './opened-store.ts';

/** What is put and got. */
export function contentsContract(opened: OpenedStore): void {
  it('gives back what was put, with its size and every attribute', async () => {
    const attributes = {
      contentType: 'application/x-ndjson',
      contentEncoding: 'gzip',
      cacheControl: 'no-store',
      metadata: { 'lethe-run': 'r 1' },
      tags: { DataOwner: 'data-platform', Kind: 'a b' },
    };
    const body = Uint8Array.from({ length: 256 }, (_, at) => at);
    const outcome = await opened.store.put('folder/object.jsonl', body, attributes);
    const object = await opened.store.get('folder/object.jsonl');
    expect((await bytesOf(object)).equals(body)).toBe(true);
    expect(object).toMatchObject({ key: 'folder/object.jsonl', size: 256, ...attributes });
    const { etag, versionId, lastModified } = object!;
    expect(outcome).toEqual({ kind: 'stored', etag, versionId });
    expect(lastModified).toBeGreaterThan(0);
  });

  it('holds an empty object', async () => {
    await opened.put('empty', '');
    const object = await opened.store.get('empty');
    expect(object?.size).toBe(0);
    expect(await bytesOf(object)).toHaveLength(0);
  });

  it('takes a body in chunks, larger than a part of a multipart upload', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const chunks = Array.from({ length: 7 }, (_, at) => Buffer.from(chunk.fill(at + 1)));
    const outcome = await opened.store.put('large', iterate(chunks));
    expect(outcome.kind).toBe('stored');
    const object = await opened.store.get('large');
    expect(object?.size).toBe(7 * chunk.length);
    expect((await bytesOf(object)).equals(Buffer.concat(chunks))).toBe(true);
  });

  it('stores nothing of a body that fails on the way', async () => {
    await opened.put('key', 'old');
    await expect(opened.store.put('key', failing())).rejects.toThrow('the source broke');
    await expect(opened.store.put('other', failing())).rejects.toThrow('the source broke');
    expect(await opened.text('key')).toBe('old');
    expect(await opened.store.get('other')).toBeUndefined();
    expect(await all(opened.store.listVersions(''))).toHaveLength(1);
  });

  it('gives a range of bytes, up to the end where the range goes past it', async () => {
    const { versionId } = await opened.put('key', '0123456789');
    const range = async (from: number, to: number) =>
      (await bytesOf(await opened.store.get('key', { range: [from, to] }))).toString();
    expect(await range(0, 1)).toBe('0');
    expect(await range(3, 7)).toBe('3456');
    expect(await range(8, 100)).toBe('89');
    expect(
      (await bytesOf(await opened.store.get('key', { versionId, range: [9, 10] }))).toString(),
    ).toBe('9');
    expect((await opened.store.get('key', { range: [3, 7] }))?.size).toBe(10);
  });

  it('answers undefined for a key and for a version that it does not have', async () => {
    const { versionId } = await opened.put('key', 'x');
    expect(await opened.store.get('no such key')).toBeUndefined();
    expect(await opened.store.get('no such key', { versionId })).toBeUndefined();
  });

  it('lets a reader keep the version that it began with', async () => {
    const old = 'old '.repeat(50_000);
    await opened.put('key', old);
    const reading = await opened.store.get('key');
    await opened.put('key', 'new');
    expect((await bytesOf(reading)).toString()).toBe(old);
  });
}

async function* iterate(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('half of'));
  throw new Error('the source broke');
}
