import { readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilterStore } from '../../core/ports/membership-filters.ts';
import { makeFolder, replaceFile, syncFolder, unlessMissing } from '../durable-files.ts';

/** Filters as files in a folder of their own, spread over 256 folders below it. */
export async function openFileFilterStore(directory: string): Promise<FilterStore> {
  await makeFolder(directory);
  const pathOf = (name: string): { folder: string; path: string } => {
    // Hex, because some file systems don't tell "A" from "a".
    const hex = Buffer.from(name).toString('hex');
    const folder = join(directory, hex.slice(-2));
    return { folder, path: join(folder, hex) };
  };
  return {
    read: (name) => unlessMissing(readFile(pathOf(name).path)),
    write: async (name, filter) => {
      const { folder, path } = pathOf(name);
      await makeFolder(folder);
      await replaceFile(path, filter);
    },
    remove: async (name) => {
      const { folder, path } = pathOf(name);
      if ((await unlessMissing(unlink(path).then(() => true))) === true) await syncFolder(folder);
    },
  };
}
