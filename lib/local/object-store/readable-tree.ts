import { link, lstat, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, syncFolder, systemCode, unlessMissing } from '../durable-files.ts';
import { SUFFIX } from './key-path.ts';

/**
 * The folder that people open: each key's current version at a path that reads like the key. The
 * files are hard links of the versions kept apart, so they cost no space; the truth is over there.
 * A key that is also the folder of others ("a" beside "a/b") is shown as `a%object`.
 */
export class ReadableTree {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /**
   * Shows a version's data at a key's path. `spare` is a free path on the same disk. Answers false
   * when the data has just been taken away.
   */
  async show(names: readonly string[], data: string, spare: string): Promise<boolean> {
    const path = join(this.root, ...names);
    for (;;) {
      try {
        await unlessMissing(unlink(spare));
        await link(data, spare);
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false;
        throw error;
      }
      await this.makeWay(names);
      const shown = await this.moveInPlace(spare, path);
      // Renaming onto another link of the same file does nothing and leaves the first name.
      await unlessMissing(unlink(spare));
      if (shown) return true;
    }
  }

  private async moveInPlace(spare: string, path: string): Promise<boolean> {
    try {
      await rename(spare, path);
      await unlessMissing(unlink(path + SUFFIX.object));
    } catch (error) {
      const code = systemCode(error);
      // Somebody cleared the empty folder away in between: make it again.
      if (code === 'ENOENT') return false;
      if (code !== 'EISDIR' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      await rename(spare, path + SUFFIX.object);
    }
    return (await unlessMissing(syncFolder(dirname(path)).then(() => true))) ?? false;
  }

  /** Makes the folders above a key; a file in the way keeps its content under its other name. */
  private async makeWay(names: readonly string[]): Promise<void> {
    for (;;) {
      try {
        await makeFolder(join(this.root, ...names.slice(0, -1)));
        return;
      } catch (error) {
        const code = systemCode(error);
        if (code === 'ENOENT') continue;
        if (code !== 'ENOTDIR' && code !== 'EEXIST') throw error;
      }
      let path = this.root;
      for (const name of names.slice(0, -1)) {
        path = join(path, name);
        await moveFileAside(path);
      }
    }
  }

  /** Shows nothing at a key's path any more, nor the folders that this leaves empty. */
  async hide(names: readonly string[]): Promise<void> {
    const path = join(this.root, ...names);
    for (const shown of [path, path + SUFFIX.object]) {
      try {
        await unlink(shown);
        await unlessMissing(syncFolder(dirname(path)));
      } catch (error) {
        // A folder (EISDIR on Linux, EPERM elsewhere) belongs to other keys.
        const code = systemCode(error);
        if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'EPERM'].includes(code ?? '')) throw error;
      }
    }
    for (let depth = names.length - 1; depth > 0; depth -= 1) {
      try {
        await rmdir(join(this.root, ...names.slice(0, depth)));
      } catch {
        // Not empty, or gone already: the folders above are needed.
        return;
      }
    }
  }
}

async function moveFileAside(path: string): Promise<void> {
  const found = await unlessMissing(lstat(path));
  if (found?.isFile() !== true) return;
  try {
    // Unlike a rename, a link and an unlink cannot move a folder that took the file's place.
    await link(path, path + SUFFIX.object);
  } catch (error) {
    if (!['EEXIST', 'ENOENT', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
  }
  try {
    await unlink(path);
  } catch (error) {
    if (!['ENOENT', 'EISDIR', 'EPERM'].includes(systemCode(error) ?? '')) throw error;
  }
}
