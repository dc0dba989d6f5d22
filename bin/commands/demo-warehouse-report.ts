import { formatCount, formatQuantity } from '../terminal/numbers.ts';
import { formatTable, type Terminal } from '../terminal/terminal.ts';
import type { WarehouseReport } from './demo-warehouse.ts';

export function printWarehouse(terminal: Terminal, report: WarehouseReport): void {
  const { bold, green, red } = terminal.style;
  const { tables, days, others } = report;
  terminal.print(
    `\n${bold('The same erasure in the warehouse')}: flagged and hidden at once, deleted by the pass in ${formatQuantity(days, 'day')} (its date is brought forward here)`,
  );
  const columns = [
    { head: 'table' },
    { head: 'rows of the person', align: 'right' },
    { head: 'seen by an analyst once flagged', align: 'right' },
    { head: 'still there, hidden', align: 'right' },
    { head: 'after the pass', align: 'right' },
  ] as const;
  const rows = tables.map(({ store, before, seenWhenFlagged, heldWhenFlagged, after }) => [
    store,
    ...[before, seenWhenFlagged, heldWhenFlagged - seenWhenFlagged, after].map(formatCount),
  ]);
  terminal.print(formatTable(terminal, columns, rows));
  const check = (holds: boolean, text: string): void => {
    terminal.print(`  ${holds ? green('✔') : red('✘')} ${text}`);
  };
  check(
    report.passed,
    'hidden when the erasure had answered, gone after the pass; the law keeps one table',
  );
  check(
    others[0] === others[1],
    `rows of others: ${formatCount(others[0])} before, ${formatCount(others[1])} after`,
  );
}
