import { createHash, createHmac, randomBytes } from 'node:crypto';
import { appendFile, open, readFile, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

import type { KeyVault } from '../../../lib/core/ports/key-vault.ts';
import { makeFolder, replaceFile, unlessMissing } from '../../../lib/local/durable-files.ts';
import { openFileKeyVault } from '../../../lib/local/file-key-vault.ts';

const runSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  /** Keyed, so that nobody can try identifiers against it: HMAC of what was asked. */
  fingerprint: z.string(),
  input: z.string(),
  inPlace: z.boolean(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Absent when nothing is kept for an undo. */
  undoUntil: z.number().optional(),
  state: z.enum(['running', 'done', 'undone', 'expired']),
});
export type Run = z.infer<typeof runSchema>;

const entrySchema = z.discriminatedUnion('kind', [
  /** A file's new content and its patch are on the disk; it is about to be renamed. */
  z.strictObject({
    kind: z.literal('prepared'),
    sequence: z.number(),
    key: z.string(),
    format: z.string(),
    /** SHA-256 of the stored bytes that take the file's place. */
    after: z.string(),
    rows: z.number(),
    matched: z.number(),
    patch: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('renamed'), sequence: z.number() }),
  /** An undo has the old content on the disk and is about to rename it. */
  z.strictObject({ kind: z.literal('restored'), sequence: z.number(), after: z.string() }),
  /** Ids of paths that objects have. */
  z.strictObject({ kind: z.literal('seen'), paths: z.array(z.number()) }),
]);
export type JournalEntry = z.infer<typeof entrySchema>;
export type PreparedEntry = Extract<JournalEntry, { kind: 'prepared' }>;

/** The folder that holds runs, their keys and locks; nothing in it is personal but sealed patches. */
export class RunStore {
  readonly folder: string;
  readonly vault: KeyVault;

  private constructor(folder: string, vault: KeyVault) {
    this.folder = folder;
    this.vault = vault;
  }

  static async open(folder: string): Promise<RunStore> {
    await makeFolder(join(folder, 'runs'));
    return new RunStore(folder, await openFileKeyVault(join(folder, 'keys')));
  }

  folderOf(id: string): string {
    return join(this.folder, 'runs', id);
  }

  patchPath(id: string, sequence: number): string {
    return join(this.folderOf(id), `${sequence}.patch`);
  }

  async list(): Promise<Run[]> {
    const runs: Run[] = [];
    for (const id of await readdir(join(this.folder, 'runs'))) {
      const run = await this.read(id);
      if (run) runs.push(run);
    }
    return runs.sort((a, b) => a.startedAt - b.startedAt);
  }

  async read(id: string): Promise<Run | undefined> {
    if (!/^[a-z0-9-]+$/.test(id)) return undefined;
    const text = await unlessMissing(readFile(join(this.folderOf(id), 'run.json'), 'utf8'));
    return text === undefined ? undefined : runSchema.parse(JSON.parse(text));
  }

  async write(run: Run): Promise<void> {
    await replaceFile(join(this.folderOf(run.id), 'run.json'), `${JSON.stringify(run)}\n`);
  }

  /** The unfinished run that was asked for just this. */
  async unfinished(question: string): Promise<Run | undefined> {
    for (const run of await this.list()) {
      if (run.state !== 'running') continue;
      const key = await this.keyOf(run.id);
      if (key && fingerprint(key, question) === run.fingerprint) return run;
    }
    return undefined;
  }

  async begin(
    asked: { question: string; input: string; inPlace: boolean; undoDays: number },
    now: number,
  ): Promise<Run> {
    const id = `${new Date(now).toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
    const made = await this.vault.create(id);
    if (made.kind !== 'key') throw new Error('a key that was just made is not there');
    await makeFolder(this.folderOf(id));
    const run: Run = {
      version: 1,
      id,
      fingerprint: fingerprint(made.key, asked.question),
      input: asked.input,
      inPlace: asked.inPlace,
      startedAt: now,
      ...(asked.inPlace && asked.undoDays > 0 && { undoUntil: now + asked.undoDays * 86_400_000 }),
      state: 'running',
    };
    await this.write(run);
    return run;
  }

  async keyOf(id: string): Promise<Uint8Array | undefined> {
    const outcome = await this.vault.get(id);
    return outcome.kind === 'key' ? outcome.key : undefined;
  }

  /** Destroys a run's key first, then what it sealed. */
  async expire(run: Run): Promise<void> {
    await this.vault.destroy(run.id);
    for (const name of await readdir(this.folderOf(run.id))) {
      if (name.endsWith('.patch')) await rm(join(this.folderOf(run.id), name));
    }
    await this.write({ ...run, state: run.state === 'undone' ? 'undone' : 'expired' });
  }

  /** Expires the runs whose undo window has ended; answers their ids. */
  async expireDue(now: number): Promise<string[]> {
    const due = (await this.list()).filter(
      (run) => run.state === 'done' && run.undoUntil !== undefined && run.undoUntil <= now,
    );
    for (const run of due) await this.expire(run);
    return due.map(({ id }) => id);
  }

  journal(id: string): Journal {
    return new Journal(join(this.folderOf(id), 'objects.ndjson'));
  }
}

/** What a run has done so far, line by line. */
export class Journal {
  readonly #path: string;
  #handle: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** A last line that a crash has cut short was never acted on, and is left out. */
  async read(): Promise<JournalEntry[]> {
    const text = (await unlessMissing(readFile(this.#path, 'utf8'))) ?? '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await appendFile(this.#path, '\n');
    return whole.split('\n').flatMap((line) => parseEntry(line));
  }

  /** On the disk when it answers. */
  async append(entry: JournalEntry): Promise<void> {
    this.#handle ??= await open(this.#path, 'a', 0o600);
    await this.#handle.appendFile(`${JSON.stringify(entry)}\n`);
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

function parseEntry(line: string): JournalEntry[] {
  try {
    return [entrySchema.parse(JSON.parse(line))];
  } catch {
    // An empty line, or one cut short by an earlier crash.
    return [];
  }
}

function fingerprint(key: Uint8Array, question: string): string {
  return createHmac('sha256', key).update(question).digest('hex');
}

/** What a seal is for; see SealingSink. */
export function patchContext(run: string, entry: { sequence: number; key: string }): string {
  return createHash('sha256').update(`${run}\n${entry.sequence}\n${entry.key}`).digest('hex');
}
