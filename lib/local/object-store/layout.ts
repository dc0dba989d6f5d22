import { randomUUID } from 'node:crypto';
import { access, link, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeFolder,
  syncFolder,
  systemCode,
  unlessMissing,
  writeNewFile,
} from '../durable-files.ts';
import type { KeyEncoding } from './key-path.ts';

/** A folder written by a version of Lethe that lays objects out differently. */
class LayoutError extends Error {
  override readonly name = 'LayoutError';
}

interface Layout extends KeyEncoding {
  layout: 1;
}

/**
 * How keys are written in this store. Settled once, when the folder is made, by trying whether its
 * file system tells "A" from "a".
 * @throws {LayoutError} when the folder follows another layout.
 */
export async function readLayout(versions: string): Promise<KeyEncoding> {
  const path = join(versions, 'layout.json');
  await makeFolder(versions);
  const text = await unlessMissing(readFile(path, 'utf8'));
  if (text === undefined) {
    await writeLayout(versions, path);
    return readLayout(versions);
  }
  const layout = JSON.parse(text) as Partial<Layout>;
  if (layout.layout !== 1 || typeof layout.foldsCase !== 'boolean') {
    throw new LayoutError(`${path} is not of layout 1: use the version of Lethe that wrote it`);
  }
  return { foldsCase: layout.foldsCase };
}

async function writeLayout(versions: string, path: string): Promise<void> {
  const probe = join(versions, `probe-${randomUUID()}`);
  await writeNewFile(probe, '');
  const other = access(join(versions, probe.slice(versions.length + 1).toUpperCase()));
  const foldsCase = (await unlessMissing(other.then(() => true))) ?? false;
  const layout: Layout = { layout: 1, foldsCase };
  const mine = `${probe}.json`;
  await writeNewFile(mine, `${JSON.stringify(layout)}\n`);
  try {
    await link(mine, path);
    await syncFolder(versions);
  } catch (error) {
    // Another process was first, with the same answer.
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(mine);
    await unlink(probe);
  }
}
