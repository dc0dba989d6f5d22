import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DeadLetter, LetterFilter } from '../../lib/core/ports/dead-letters.ts';
import { openFileKeyVault } from '../../lib/local/file-key-vault.ts';
import { lmdbDeadLetters, lmdbRedriveRequests } from '../../lib/local/tables/lmdb-dead-letters.ts';
import { openTables } from '../../lib/local/tables/open-tables.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface RedriveOptions {
  directory: string;
  consumer?: string;
  reason?: string;
  list?: boolean;
  json?: boolean;
}

/**
 * Shows the dead letters, and asks the target to send them again: whoever serves the directory has
 * the streams open, and does it at once, or else when it starts next. Answers the exit code.
 */
export async function runRedrive(terminal: Terminal, options: RedriveOptions): Promise<number> {
  const folder = join(resolve(options.directory), 'requests');
  if (!existsSync(join(folder, 'tables'))) {
    terminal.note(
      `Nothing has been served from ${options.directory}: name the --directory that "lethe serve" was given.`,
    );
    return 2;
  }
  const tables = openTables(join(folder, 'tables'));
  try {
    const keys = await openFileKeyVault(join(folder, 'keys'));
    const clock = { now: () => Date.now() };
    const random = { bytes: (count: number) => randomBytes(count) };
    const letters = lmdbDeadLetters(tables, { keys, clock, random });
    const filter: LetterFilter = {
      ...(options.consumer !== undefined && { consumer: options.consumer }),
      ...(options.reason !== undefined && { reason: options.reason }),
    };
    const found: DeadLetter[] = [];
    for await (const letter of letters.list(filter)) found.push(letter);
    const isAsked = options.list !== true && found.length > 0;
    if (isAsked) lmdbRedriveRequests(tables).ask(filter);
    if (options.json === true) terminal.json({ asked: isAsked, letters: found });
    else printLetters(terminal, found, isAsked);
    return 0;
  } finally {
    await tables.close();
  }
}

function printLetters(terminal: Terminal, found: readonly DeadLetter[], isAsked: boolean): void {
  const counts = new Map<string, number>();
  for (const { consumer, reason } of found) {
    const kind = `${consumer}  ${reason}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of [...counts].sort()) terminal.print(`${count}  ${kind}`);
  const letters = found.length === 1 ? '1 dead letter' : `${found.length} dead letters`;
  terminal.print(
    isAsked
      ? `${letters}: sent again at once by the running target, or else when it starts next.`
      : `${letters}.`,
  );
}
