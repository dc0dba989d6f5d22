import { formatCount, formatQuantity } from '../../terminal/numbers.ts';
import { startProgress, type Progress } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { printable } from '../discover/printable.ts';
import { UsageError } from '../erase/usage-error.ts';
import { indexArchive, type IndexSummary } from './index-archive.ts';
import type { IndexFlags } from './options.ts';

/** Missed objects that are listed; `--json` has all. */
const LISTED = 40;

/** Runs the command and answers its exit code. */
export async function runIndex(
  terminal: Terminal,
  archive: string,
  flags: IndexFlags,
): Promise<number> {
  let bar: Progress | undefined;
  const observer = {
    begin: (total: number | undefined) => {
      if (total === undefined || total === 0) return;
      bar = startProgress(terminal, { label: 'indexing', noun: 'objects', total });
    },
    done: (objects: number) => bar?.update(objects),
  };
  try {
    const summary = await indexArchive(archive, flags, observer);
    bar?.finish(summary.objects);
    if (flags.json === true) terminal.json(summary);
    else print(terminal, summary);
    return summary.missed.length > 0 ? 1 : 0;
  } catch (error) {
    bar?.abandon();
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

function print(terminal: Terminal, summary: IndexSummary): void {
  const { objects, written, kept, filterBytes, plainBytes, without, missed } = summary;
  for (const { key, reason } of missed.slice(0, LISTED)) {
    terminal.note(`${printable(key)}: ${reason}`);
  }
  if (missed.length > LISTED) {
    terminal.note(`… and ${formatCount(missed.length - LISTED)} more; --json lists all`);
  }
  const share = plainBytes === 0 ? 0 : (filterBytes / plainBytes) * 100;
  const size = written === 0 ? '' : ` (${share.toFixed(2)} % of the plain data)`;
  terminal.print(
    `${formatQuantity(objects, 'object')}: ${formatQuantity(written, 'filter')} written${size}, ${formatCount(kept)} already there.`,
  );
  for (const [reason, count] of Object.entries(without)) {
    terminal.print(`  ${formatCount(count)} without: ${WHY[reason as keyof typeof WHY]}`);
  }
}

const WHY: Record<keyof Required<IndexSummary['without']>, string> = {
  empty: 'no rows',
  unparsable: 'rows that cannot be read, which every search has to report',
  corrupt: 'damaged, or of an unknown format',
  'not-worth-it': 'a filter would be over 2 % of the object; searches read it',
  'too-many-values': 'more than 16 million different identifiers',
};
