import { formatCount, formatDuration, formatQuantity } from '../../terminal/numbers.ts';
import { formatTable, type Terminal } from '../../terminal/terminal.ts';
import type { EraseSummary, ObjectSummary } from './summary.ts';

/** Objects of the table; what is left out is in `--json`. */
const LISTED = 40;
/** Rows that can't be read, for each object. */
const LISTED_ROWS = 5;

/** The summary for people. */
export function printSummary(terminal: Terminal, summary: EraseSummary): void {
  const { style } = terminal;
  const shown = [...summary.objects].sort((a, b) => weight(b) - weight(a)).slice(0, LISTED);
  if (shown.length > 0) terminal.print(table(terminal, shown));
  const left = summary.objects.length - shown.length;
  if (left > 0) terminal.print(`… and ${formatQuantity(left, 'object')} more; --json lists all`);
  for (const object of shown) printFaults(terminal, object);
  for (const path of summary.pathsNeverSeen) {
    terminal.note(
      style.yellow(`No object has the path ${path}: is it spelt as the data spells it?`),
    );
  }
  terminal.print(sentence(summary));
  if (summary.certificate !== undefined) terminal.print(`Certificate: ${summary.certificate}`);
  if (summary.undoUntil !== undefined && summary.run !== undefined && erasedRows(summary) > 0) {
    terminal.print(`Until ${summary.undoUntil}, npx lethe undo ${summary.run} gives them back.`);
  }
}

/** Matching rows but those of objects that could not be rewritten: these are where they were. */
function erasedRows({ objects }: EraseSummary): number {
  return objects.reduce((sum, { status, matched }) => sum + (status === 'failed' ? 0 : matched), 0);
}

function weight({ status, matched }: ObjectSummary): number {
  return status === 'unchanged'
    ? 0
    : status === 'erased' || status === 'matching'
      ? 1 + matched
      : Number.MAX_SAFE_INTEGER;
}

function table(terminal: Terminal, objects: readonly ObjectSummary[]): string {
  const paint = {
    erased: terminal.style.green,
    matching: terminal.style.cyan,
    unchanged: terminal.style.dim,
    incomplete: terminal.style.yellow,
    unverified: terminal.style.yellow,
    corrupt: terminal.style.red,
    failed: terminal.style.red,
  };
  return formatTable(
    terminal,
    [
      { head: 'object' },
      { head: 'format' },
      { head: 'rows', align: 'right' },
      { head: 'matching', align: 'right' },
      { head: 'unreadable', align: 'right' },
      { head: 'outcome' },
    ],
    objects.map((object) => [
      object.key,
      object.format ?? '–',
      formatCount(object.rows),
      formatCount(object.matched),
      formatCount(object.unparsable),
      paint[object.status](object.status),
    ]),
  );
}

function printFaults(
  terminal: Terminal,
  { key, status, reason, faults, unparsable, suspected = 0, linesWithValues }: ObjectSummary,
): void {
  if (suspected > 0) {
    terminal.note(
      `${key}: ${formatQuantity(suspected, 'row')} that can't be read with a subject's value`,
    );
  }
  if (linesWithValues !== undefined && linesWithValues > 0) {
    terminal.note(
      `${key}: ${formatQuantity(linesWithValues, 'kept line')} with a subject's value elsewhere`,
    );
  }
  if (reason !== undefined) {
    const what = status === 'unverified' ? 'erased, but not verified' : 'left as it was';
    terminal.note(`${key}: ${what}: ${reason}`);
  }
  for (const fault of faults.slice(0, LISTED_ROWS)) {
    terminal.note(`${key}: line ${fault.line}, offset ${fault.offset}: ${fault.reason}; kept`);
  }
  const more = unparsable - Math.min(faults.length, LISTED_ROWS);
  if (more > 0) terminal.note(`${key}: and ${formatQuantity(more, 'row')} more that can't be read`);
}

function sentence(summary: EraseSummary): string {
  const { matched, rows, dryRun, seconds } = summary;
  const part = `${formatQuantity(matched, 'row')} of ${formatCount(rows)}`;
  const match = matched === 1 ? 'matches' : 'match';
  const time = `in ${formatDuration(seconds * 1000)}`;
  switch (summary.outcome) {
    case 'stopped': {
      const where = summary.exceeded
        .map(
          ({ prefix, proportion }) =>
            `${prefix === '*' ? 'in all' : prefix || 'at the top'} ${proportion}`,
        )
        .join(', ');
      return `Stopped before any write: ${part} ${match}, more than the maximum ${summary.maximumProportion} (${where}).`;
    }
    case 'residue':
      return `Not done: ${formatQuantity(summary.residue, 'matching row')} were found again. Run it once more.`;
    case 'incomplete': {
      const erased = erasedRows(summary);
      const found = dryRun
        ? `${part} ${match}`
        : `${formatQuantity(erased, 'row')} of ${formatCount(rows)} erased`;
      const left =
        dryRun || erased === matched
          ? ''
          : `, ${formatQuantity(matched - erased, 'matching row')} left`;
      return `Incomplete: ${found}${left}; some objects could not be read or written wholly and may still hold a subject.`;
    }
    case 'done':
      return dryRun
        ? `${part} ${match}, ${time}. Nothing was written.`
        : `${part} erased ${time}, and none was found again.`;
  }
}
