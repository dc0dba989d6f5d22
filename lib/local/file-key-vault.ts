import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyOutcome, KeyVault } from '../core/ports/key-vault.ts';
import {
  makeFolder,
  syncFolder,
  systemCode,
  unlessMissing,
  writeNewFile,
} from './durable-files.ts';

/** AES-256. */
const KEY_BYTES = 32;

/**
 * Keys as files of their own, so that one can be destroyed without a trace in a shared file: a
 * database keeps the bytes of what it deletes. A tombstone stays in a destroyed key's place. The
 * zeros written over a key reach the same sectors only where the disk writes in place; what the key
 * sealed must not outlive it on media that keep old blocks.
 */
export async function openFileKeyVault(directory: string): Promise<KeyVault> {
  await makeFolder(directory);
  const pathOf = (name: string, suffix: 'key' | 'destroyed'): string =>
    join(directory, `${createHash('sha256').update(name).digest('hex')}.${suffix}`);

  const get = async (name: string): Promise<KeyOutcome> => {
    // The tombstone comes before the key goes, so that this order never misses a destruction.
    const key = await unlessMissing(readFile(pathOf(name, 'key')));
    if ((await unlessMissing(stat(pathOf(name, 'destroyed')))) !== undefined) {
      return { kind: 'destroyed' };
    }
    return key === undefined ? { kind: 'missing' } : { kind: 'key', key };
  };

  const create = async (name: string): Promise<KeyOutcome> => {
    const found = await get(name);
    if (found.kind !== 'missing') return found;
    const beside = join(directory, `${randomUUID()}.new`);
    await writeNewFile(beside, randomBytes(KEY_BYTES));
    try {
      // A link is atomic and refuses to replace: of two makers one wins, and both read the same.
      await link(beside, pathOf(name, 'key'));
      await syncFolder(directory);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    } finally {
      await unlink(beside);
    }
    return get(name);
  };

  const destroy = async (name: string): Promise<void> => {
    try {
      await writeNewFile(pathOf(name, 'destroyed'), '');
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    await syncFolder(directory);
    await overwrite(pathOf(name, 'key'));
    await unlessMissing(unlink(pathOf(name, 'key')));
    await syncFolder(directory);
  };

  return { create, get, destroy };
}

async function overwrite(path: string): Promise<void> {
  const handle = await unlessMissing(open(path, 'r+'));
  if (handle === undefined) return;
  try {
    await handle.write(new Uint8Array(KEY_BYTES), 0, KEY_BYTES, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
