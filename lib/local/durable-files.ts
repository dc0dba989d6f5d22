import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';

/** What lies here holds personal data: nobody but the owner reads it. */
export const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** The system's own word for a failed call, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Runs a call on a file; answers undefined when that file or its folder is not there. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a folder's entries (new names, renames, removals) survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it, durably and for the owner alone. */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  const first = await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
  if (first === undefined) return;
  // Each new folder is an entry of the one above it.
  let parent = dirname(resolve(first));
  await syncFolder(parent);
  for (const name of relative(parent, dirname(path)).split(sep)) {
    if (name === '') continue;
    parent = resolve(parent, name);
    await syncFolder(parent);
  }
}

/** Writes a new file and waits until its bytes are on the disk. Its folder is not synced. */
export async function writeNewFile(
  path: string,
  bytes: Uint8Array | string,
  mode = PRIVATE_FILE,
): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** How {@link replaceFile} names what it has not finished; to be swept when its owner is gone. */
export const UNFINISHED = '.unfinished';

/** Puts new content in a file's place, atomically and durably: a reader sees the old or the new. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const beside = `${path}.${randomUUID()}${UNFINISHED}`;
  try {
    await writeNewFile(beside, bytes);
    await rename(beside, path);
  } catch (error) {
    await unlessMissing(unlink(beside));
    throw error;
  }
  await syncFolder(dirname(path));
}
