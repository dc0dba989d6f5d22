import { printPath } from '../../../lib/core/data-map/field-path.ts';
import type { Finding } from '../../../lib/core/discovery/discovery.ts';
import { formatCount, formatQuantity } from '../../terminal/numbers.ts';
import { formatTable, type Terminal } from '../../terminal/terminal.ts';
import type { DiscoverSummary } from './discover-files.ts';
import { printable } from './printable.ts';

/** Unreadable files that are listed; `--json` has all. */
const LISTED = 40;

/** The findings for people. */
export function printFindings(terminal: Terminal, summary: DiscoverSummary): void {
  const { findings, entries, unreadable, files, sampled, rows } = summary;
  if (findings.length > 0) terminal.print(table(terminal, findings));
  for (const { key, reason } of unreadable.slice(0, LISTED)) {
    terminal.note(`${printable(key)}: ${reason}`);
  }
  if (unreadable.length > LISTED) {
    const more = formatQuantity(unreadable.length - LISTED, 'unreadable file');
    terminal.note(`… and ${more} more; --json lists all`);
  }
  if (summary.tooManyFields) {
    terminal.note('There are more fields than can be told apart; look at parts of the directory.');
  }
  const looked = `${formatQuantity(rows, 'row')} of ${formatCount(sampled)} out of ${formatQuantity(files, 'file')}`;
  if (findings.length === 0) {
    terminal.print(`No field outside the data map looks personal, in ${looked}.`);
    return;
  }
  const found = formatQuantity(findings.length, 'field');
  terminal.print(`${found} outside the data map, in ${looked}.`);
  if (entries.length === 0) return;
  terminal.print('Add what is personal to the fields of its store in lib/data-map.ts:');
  for (const entry of entries) terminal.print(`  ${entry}`);
}

function table(terminal: Terminal, findings: readonly Finding[]): string {
  return formatTable(
    terminal,
    [
      { head: 'field' },
      { head: 'objects', align: 'right' },
      { head: 'looks like' },
      { head: 'confidence', align: 'right' },
      { head: 'of values', align: 'right' },
      { head: 'examples, masked' },
    ],
    findings.map((finding) => [
      printable(printPath(finding.segments)),
      formatCount(finding.objects),
      finding.label,
      finding.confidence.toFixed(2),
      `${Math.max(1, Math.round(finding.share * 100))} %`,
      finding.examples.map(printable).join('  '),
    ]),
  );
}
