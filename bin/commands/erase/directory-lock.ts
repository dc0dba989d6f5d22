import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
  makeFolder,
  systemCode,
  unlessMissing,
  writeNewFile,
} from '../../../lib/local/durable-files.ts';
import {
  hasEnded,
  identifyProcess,
  parseIdentity,
  printIdentity,
} from '../../../lib/local/process-identity.ts';
import { UsageError } from './usage-error.ts';

/** Keeps a second run off a directory. A lock whose holder was killed is taken over. */
export async function lockDirectory(
  state: string,
  directory: string,
): Promise<() => Promise<void>> {
  const folder = join(state, 'locks');
  await makeFolder(folder);
  const path = join(folder, createHash('sha256').update(directory).digest('hex'));
  while (true) {
    try {
      await writeNewFile(path, printIdentity(identifyProcess()));
      return () => rm(path, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const holder = parseIdentity((await unlessMissing(readFile(path, 'utf8'))) ?? '');
    if (holder && !hasEnded(holder)) {
      throw new UsageError(
        `another run (process ${holder.pid}) works on ${directory}; wait until it has ended`,
      );
    }
    await rm(path, { force: true });
  }
}
