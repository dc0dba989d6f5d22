import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder; removed when the test ends, unless the caller removes it. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-local-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
