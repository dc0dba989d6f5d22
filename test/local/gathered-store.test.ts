import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { objectGatheredStore } from '../../lib/core/access-package/object-gathered-store.ts';
import { requestKeyName } from '../../lib/core/identity/subject-boxes.ts';
import { openFileKeyVault } from '../../lib/local/file-key-vault.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { gatheredStoreContract, linesOf } from '../contracts/gathered-store.ts';
import { scratchFolder } from './scratch-folder.ts';

async function gatheredUnderTest() {
  const folder = await scratchFolder();
  const keys = await openFileKeyVault(join(folder, 'keys'));
  const objects = await openFileObjectStore({
    directory: join(folder, 'packages'),
    clock: { now: () => Date.now() },
  });
  return {
    folder,
    gathered: objectGatheredStore(objects, { keys, random: { bytes: randomBytes } }),
    prepare: async (dsrId: string) => {
      await keys.create(requestKeyName(dsrId));
    },
  };
}

gatheredStoreContract('objectGatheredStore on disk', gatheredUnderTest);

it('gathered data is never in clear on the disk, and leaves nothing of it there', async () => {
  const { folder, gathered, prepare } = await gatheredUnderTest();
  await prepare('d');
  await gathered.put('d', 'orders', 1, { kind: 'records', records: [{ name: 'CANARY' }] });
  await gathered.put('d', 'archive', 1, linesOf('{"name":"CANARY"}\n'));
  const bytesOnDisk = async (): Promise<Buffer> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Buffer.concat(
      await Promise.all(files.map(({ name, parentPath }) => readFile(join(parentPath, name)))),
    );
  };
  const before = await bytesOnDisk();
  expect(before.includes('CANARY')).toBe(false);
  expect(before.includes('LTHSEAL1')).toBe(true);
  await gathered.clear('d');
  const after = await bytesOnDisk();
  expect(after.includes('LTHSEAL1')).toBe(false);
  expect(after.includes('"box"')).toBe(false);
});
