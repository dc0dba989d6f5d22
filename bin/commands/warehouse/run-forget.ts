import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { vacuumTables } from '../../../lib/core/warehouse/erasure/clean-up.ts';
import {
  countDue,
  DEFAULT_RADIUS,
  deleteForgotten,
} from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { warehouseTables } from '../../../lib/core/warehouse/warehouse-table.ts';
import { formatCount, formatQuantity } from '../../terminal/numbers.ts';
import { formatTable, type Terminal } from '../../terminal/terminal.ts';
import { readProportion, type WarehouseFlags } from './options.ts';

/** The physical pass by hand. @throws {UsageError} before anything is opened */
export function runForget(flags: WarehouseFlags) {
  const { json, dryRun } = flags;
  const radius = { ...DEFAULT_RADIUS, proportion: readProportion(flags) };
  return async (terminal: Terminal, warehouse: Warehouse, dataMap: DataMap): Promise<number> => {
    const now = Date.now();
    const tables = warehouseTables(dataMap, warehouse.dialect);
    if (dryRun === true) {
      const counts = await countDue(warehouse, tables, now);
      if (json === true) terminal.json({ kind: 'dry-run', tables: counts });
      else printCounts(terminal, counts);
      return 0;
    }
    const outcome = await deleteForgotten({ warehouse, tables, radius }, now, `run-${now}`);
    const vacuumed =
      outcome.kind === 'deleted' ? await vacuumTables(warehouse, tables, outcome.tables) : [];
    if (json === true) terminal.json({ ...outcome, vacuumed });
    switch (outcome.kind) {
      case 'nothing-due':
        terminal.note('Nothing is due.');
        return 0;
      case 'deleted':
        for (const { store, rows } of outcome.tables) {
          if (json !== true) terminal.print(`${store}: ${formatQuantity(rows, 'row')}`);
        }
        return 0;
      case 'stopped':
        terminal.note(
          outcome.reason === 'blast-radius'
            ? `Stopped, nothing changed: too much of ${outcome.stores.join(', ')} would go; look with --dry-run.`
            : 'Stopped, nothing changed: rows of due subjects came in meanwhile; run it again.',
        );
        return 1;
      case 'failed':
        terminal.note(`Failed, nothing changed: ${outcome.fault}.`);
        return 1;
    }
  };
}

function printCounts(
  terminal: Terminal,
  counts: readonly { store: string; due: number; all: number }[],
): void {
  const columns = [
    { head: 'table' },
    { head: 'due', align: 'right' },
    { head: 'rows', align: 'right' },
  ] as const;
  const rows = counts.map(({ store, due, all }) => [store, formatCount(due), formatCount(all)]);
  terminal.print(formatTable(terminal, columns, rows));
}
