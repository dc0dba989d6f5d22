import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { expireCopies, openForDownload } from '../../../lib/core/access-package/opened-copies.ts';
import { SALT_BYTES, sealStream } from '../../../lib/core/access-package/sealed-stream.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../fakes/memory-object-store.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const REFERENCE = `packages/${ID}.zip.sealed`;
const ZIP = Buffer.alloc(200_000, 'zip');
const LIMIT = 1_000_000;

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('opening a package for download', () => {
  const clock = { time: 0, now: () => clock.time };
  const keys = new MemoryKeyVault();
  let objects: MemoryObjectStore;
  const open = (limit: number, dsrId = ID) =>
    openForDownload(
      { objects, keys, random: { bytes: (count) => randomBytes(count) } },
      dsrId,
      REFERENCE,
      limit,
    );
  const copies = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of objects.listVersions('opened/')) found.push(key);
    return found;
  };

  beforeEach(async () => {
    clock.time = 1_000_000;
    objects = memoryObjectStore(clock);
    const key = await keys.create(`package/${ID}`);
    if (key.kind !== 'key') throw new Error('no key');
    const plain = (async function* () {
      yield await Promise.resolve(ZIP);
    })();
    await objects.put(REFERENCE, sealStream(key.key, randomBytes(SALT_BYTES), REFERENCE, plain));
  });

  it('opens on its way out what an answer can hold, and leaves nothing behind', async () => {
    const opened = await open(LIMIT);
    expect(opened?.kind).toBe('stream');
    if (opened?.kind === 'stream') expect(await bytesOf(opened.zip)).toEqual(ZIP);
    expect(await copies()).toEqual([]);
  });

  it('opens what is larger into a copy of a name that nobody guesses, another each time', async () => {
    const [first, second] = [await open(100_000), await open(100_000)];
    if (first?.kind !== 'copy' || second?.kind !== 'copy') throw new Error('no copies');
    expect(first.key).toMatch(/^opened\/[0-9a-f]{48}\.zip$/);
    expect(second.key).not.toBe(first.key);
    expect(first.key).not.toContain(ID);
    const copy = await objects.get(first.key);
    expect(copy?.contentType).toBe('application/zip');
    expect(await bytesOf(copy!.body)).toEqual(ZIP);
  });

  it('finds nothing of a package that is gone, or whose key is destroyed', async () => {
    expect(await open(LIMIT, '99999999-2222-4333-8444-555555555555')).toBeUndefined();
    for await (const { key, versionId } of objects.listVersions('packages/')) {
      await objects.deleteVersion(key, versionId);
    }
    expect(await open(LIMIT)).toBeUndefined();
  });

  it('takes copies away after an hour, and no sooner', async () => {
    await open(100_000);
    clock.time += 60 * 60 * 1_000 - 1;
    expect(await expireCopies({ objects, clock })).toBe(0);
    expect(await copies()).toHaveLength(1);
    clock.time += 1;
    expect(await expireCopies({ objects, clock })).toBe(1);
    expect(await copies()).toEqual([]);
    expect(await objects.get(REFERENCE)).toBeDefined();
  });
});
