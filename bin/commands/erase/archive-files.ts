import { lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

import { systemCode, unlessMissing } from '../../../lib/local/durable-files.ts';
import { UsageError } from './usage-error.ts';

/** How files are named until they are whole; no object is. */
export const UNFINISHED = '.lethe-unfinished';

export interface ArchiveFile {
  /** Relative to the input directory, with slashes. */
  key: string;
  path: string;
  size: number;
}

/** A directory that must be there, by its real path. */
export async function existingDirectory(option: string, path: string): Promise<string> {
  const found = await unlessMissing(stat(path));
  if (!found) throw new UsageError(`${option}: ${path} does not exist`);
  if (!found.isDirectory()) throw new UsageError(`${option}: ${path} is not a directory`);
  return realpath(path);
}

/** An output directory, made if need be: apart from the input. Answers its real path. */
export async function outputDirectory(
  option: string,
  path: string,
  input: string,
): Promise<string> {
  const wanted = resolve(path);
  // Before anything is made: the real path of what exists of it.
  refuseOverlap(option, path, await realPathOf(wanted), input);
  try {
    await mkdir(wanted, { recursive: true });
  } catch (error) {
    throw new UsageError(`${option}: ${path} cannot be made (${systemCode(error) ?? 'unknown'})`);
  }
  return realpath(wanted);
}

function refuseOverlap(option: string, path: string, output: string, input: string): void {
  if (output === input) {
    throw new UsageError(`${option}: ${path} is the input directory; use --in-place for that`);
  }
  if (isWithin(output, input)) {
    throw new UsageError(`${option}: ${path} lies inside the input directory; choose one outside`);
  }
  if (isWithin(input, output)) {
    throw new UsageError(`${option}: ${path} holds the input directory; choose another`);
  }
}

function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

async function realPathOf(path: string): Promise<string> {
  for (let known = path; ; known = resolve(known, '..')) {
    const real = await unlessMissing(realpath(known));
    if (real !== undefined) return resolve(real, relative(known, path));
  }
}

/** All regular files below a directory, in order of key, save unfinished ones and `without`. */
export async function listArchive(
  root: string,
  without: readonly string[],
): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (without.includes(path)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isSymbolicLink()) await refuseEscape(root, path);
      else if (entry.isFile() && !entry.name.endsWith(UNFINISHED)) {
        const key = relative(root, path).split(sep).join('/');
        files.push({ key, path, size: (await lstat(path)).size });
      }
    }
  };
  await walk(root);
  return files.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A link within the archive leads to what is listed anyway; one that leads out of it is refused. */
async function refuseEscape(root: string, path: string): Promise<void> {
  const target = await unlessMissing(realpath(path));
  if (target !== undefined && !isWithin(target, root)) {
    throw new UsageError(
      `--input-directory: the symbolic link ${path} leads outside; give the directory it leads to`,
    );
  }
}
