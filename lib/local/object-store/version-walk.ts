import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../durable-files.ts';
import { decodeName, SUFFIX } from './key-path.ts';

interface Child {
  path: string;
  /** What the child adds to its parent's prefix; what its keys are sorted by. */
  adds: string;
  isKey: boolean;
}

function readChild(parent: string, name: string): Child | undefined {
  const path = join(parent, name);
  for (const suffix of [SUFFIX.versions, SUFFIX.continues]) {
    if (!name.endsWith(suffix)) continue;
    const adds = decodeName(name.slice(0, -suffix.length));
    return adds === undefined ? undefined : { path, adds, isKey: suffix === SUFFIX.versions };
  }
  const segment = decodeName(name);
  return segment === undefined ? undefined : { path, adds: `${segment}/`, isKey: false };
}

/**
 * The folders of all keys below a prefix, in order of key (UTF-8 bytes). What a folder's keys share
 * ends in "/" or is a cut segment, so that sorting folder by folder sorts the whole; memory is one
 * folder's names for each level.
 */
export async function* walkKeys(
  folder: string,
  wanted: string,
  prefix = '',
): AsyncGenerator<{ key: string; folder: string }> {
  const children: Child[] = [];
  for (const entry of (await unlessMissing(readdir(folder, { withFileTypes: true }))) ?? []) {
    if (!entry.isDirectory()) continue;
    const child = readChild(folder, entry.name);
    if (child !== undefined) children.push(child);
  }
  children.sort((a, b) => Buffer.compare(Buffer.from(a.adds), Buffer.from(b.adds)));
  for (const { path, adds, isKey } of children) {
    const found = prefix + adds;
    if (isKey) {
      if (found.startsWith(wanted)) yield { key: found, folder: path };
    } else if (found.startsWith(wanted) || wanted.startsWith(found)) {
      yield* walkKeys(path, wanted, found);
    }
  }
}

/** In the order in which {@link walkKeys} answers. */
export function comesAfter(key: string, after: string | undefined): boolean {
  return after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}
