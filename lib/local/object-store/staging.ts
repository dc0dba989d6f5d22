import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, unlessMissing, writeNewFile } from '../durable-files.ts';
import { hasEnded, identifyProcess, parseIdentity, printIdentity } from '../process-identity.ts';
import type { VersionRecord } from './version-record.ts';

/** Nobody may change a version in place: the readable tree shows the very same file. */
const READ_ONLY_FILE = 0o400;

/** A change in the making. Its files stay until every step is done: a crash leaves them as a note. */
export interface Staged {
  dataPath: string;
  /** Written by {@link Staging.writeRecord}; becomes the version's record by a link. */
  recordPath: string;
  /** Free for a link on its way into the readable tree. */
  linkPath: string;
}

/** This process's corner for unfinished changes, and the sweeping of dead processes' corners. */
export class Staging {
  private readonly folder: string;
  private readonly corners: string;

  private constructor(corners: string, folder: string) {
    this.corners = corners;
    this.folder = folder;
  }

  static async open(corners: string): Promise<Staging> {
    const folder = join(corners, printIdentity(identifyProcess()));
    await makeFolder(folder);
    return new Staging(corners, folder);
  }

  begin(): Staged {
    const path = join(this.folder, randomUUID());
    return { dataPath: `${path}.data`, recordPath: `${path}.json`, linkPath: `${path}.link` };
  }

  /** Writes and syncs a body, whatever its length, a chunk at a time. A failing body leaves nothing. */
  async writeData(
    staged: Staged,
    body: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<{ etag: string; size: number }> {
    const hash = createHash('sha256');
    let size = 0;
    const handle = await open(staged.dataPath, 'wx', READ_ONLY_FILE);
    try {
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        hash.update(chunk);
        size += chunk.length;
        for (let at = 0; at < chunk.length;) {
          at += (await handle.write(chunk, at)).bytesWritten;
        }
      }
      await handle.sync();
    } catch (error) {
      await this.end(staged);
      throw error;
    } finally {
      await handle.close();
    }
    return { etag: hash.digest('hex'), size };
  }

  async writeRecord(staged: Staged, record: VersionRecord): Promise<void> {
    await writeNewFile(staged.recordPath, JSON.stringify(record), READ_ONLY_FILE);
  }

  /** Every step is done, or none was begun: nothing is left to look after. */
  async end(staged: Staged): Promise<void> {
    await unlessMissing(unlink(staged.linkPath));
    await unlessMissing(unlink(staged.dataPath));
    // The record last: until then it tells a sweep what to finish.
    await unlessMissing(unlink(staged.recordPath));
  }

  /** Hands over what dead processes left unfinished, and clears it away. */
  async sweep(finish: (record: VersionRecord) => Promise<void>): Promise<void> {
    for (const name of await readdir(this.corners)) {
      const owner = parseIdentity(name);
      if (owner === undefined || !hasEnded(owner)) continue;
      const corner = join(this.corners, name);
      for (const file of (await unlessMissing(readdir(corner))) ?? []) {
        if (!file.endsWith('.json')) continue;
        const text = await unlessMissing(readFile(join(corner, file), 'utf8'));
        const record = text === undefined ? undefined : parseRecord(text);
        if (record !== undefined) await finish(record);
      }
      await rm(corner, { recursive: true, force: true });
    }
  }
}

/** Half a note was written before anything else was done: there is nothing to finish. */
function parseRecord(text: string): VersionRecord | undefined {
  try {
    return JSON.parse(text) as VersionRecord;
  } catch {
    return undefined;
  }
}
