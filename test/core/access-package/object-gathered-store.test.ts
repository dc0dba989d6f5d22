import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { objectGatheredStore } from '../../../lib/core/access-package/object-gathered-store.ts';
import { requestKeyName } from '../../../lib/core/identity/subject-boxes.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { gatheredOf, gatheredStoreContract, linesOf } from '../../contracts/gathered-store.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';

const random = { bytes: (count: number) => randomBytes(count) };
const clock = { now: () => 0 };

function gatheredUnderTest() {
  const objects = memoryObjectStore(clock);
  const keys = new MemoryKeyVault();
  const gathered = objectGatheredStore(objects, { keys, random });
  const prepare = async (dsrId: string) => {
    await keys.create(requestKeyName(dsrId));
  };
  const stored = async (): Promise<{ key: string; text: string }[]> => {
    const all: { key: string; text: string }[] = [];
    for await (const { key } of objects.list('')) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await objects.get(key))!.body) chunks.push(chunk);
      all.push({ key, text: Buffer.concat(chunks).toString('latin1') });
    }
    return all;
  };
  return { objects, keys, gathered, prepare, stored };
}

gatheredStoreContract('objectGatheredStore in memory', () => Promise.resolve(gatheredUnderTest()));

it('gathered data is never in clear at rest, nor readable without the request’s key', async () => {
  const { keys, gathered, prepare, stored } = gatheredUnderTest();
  await prepare('d');
  await gathered.put('d', 'orders', 1, { kind: 'records', records: [{ name: 'CANARY' }] });
  await gathered.put('d', 'archive', 1, linesOf('{"name":"CANARY"}\n'));
  const objects = await stored();
  expect(objects.length).toBeGreaterThan(2);
  for (const { key, text } of objects) expect(key + text).not.toContain('CANARY');

  await keys.destroy(requestKeyName('d'));
  await gathered.put('d', 'posts', 1, linesOf('{"name":"CANARY"}\n'));
  expect(await gatheredOf(gathered, 'd')).toEqual({});
  const orphan = gathered.put('other', 'orders', 1, { kind: 'records', records: [] });
  await expect(orphan).rejects.toThrow('no key');
});

it('lines that are lost are no shorter answer but an error', async () => {
  const { objects, gathered, prepare } = gatheredUnderTest();
  await prepare('d');
  await gathered.put('d', 'archive', 1, linesOf('{"n":1}\n'));
  for await (const { key, versionId } of objects.listVersions('gathered/d/archive/')) {
    await objects.deleteVersion(key, versionId);
  }
  await expect(gatheredOf(gathered, 'd')).rejects.toThrow('lost');
});
