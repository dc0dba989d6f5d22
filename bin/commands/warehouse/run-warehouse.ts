import { randomUUID } from 'node:crypto';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import { type Warehouse, WarehouseError } from '../../../lib/core/ports/warehouse.ts';
import { readCatalogue } from '../../../lib/core/warehouse/discovery/catalogue.ts';
import { applyMigrations } from '../../../lib/core/warehouse/migrations/apply-migrations.ts';
import {
  planMigrations,
  printMigration,
} from '../../../lib/core/warehouse/migrations/plan-migrations.ts';
import { printStatement } from '../../../lib/core/warehouse/sql/render.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { escapeUnseen } from '../discover/printable.ts';
import { UsageError } from '../erase/usage-error.ts';
import { openWarehouse } from './open-warehouse.ts';
import { readDataMap, type WarehouseFlags, type WarehouseVerb } from './options.ts';
import { runDiscover } from './run-discover.ts';
import { runForget } from './run-forget.ts';

/** Runs the command and answers its exit code. */
export async function runWarehouse(
  terminal: Terminal,
  verb: WarehouseVerb,
  flags: WarehouseFlags,
): Promise<number> {
  try {
    const dataMap = await readDataMap(flags);
    const work = workOf(verb, flags);
    const { warehouse, close } = await openWarehouse(flags);
    try {
      return await work(terminal, warehouse, dataMap);
    } finally {
      await close();
    }
  } catch (error) {
    if (error instanceof WarehouseError) {
      terminal.note(`lethe warehouse ${verb}: ${error.message}`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    terminal.note(escapeUnseen(error.message));
    return 2;
  }
}

type Work = (terminal: Terminal, warehouse: Warehouse, dataMap: DataMap) => Promise<number>;

/** Options are read before anything is opened. @throws {UsageError} */
function workOf(verb: WarehouseVerb, flags: WarehouseFlags): Work {
  if (verb === 'discover') return runDiscover(flags);
  if (verb === 'forget') return runForget(flags);
  return migrate(flags, verb === 'apply');
}

function migrate({ json }: WarehouseFlags, isApplied: boolean): Work {
  return async (terminal, warehouse, dataMap) => {
    const plan = planMigrations(dataMap, await readCatalogue(warehouse), warehouse.dialect);
    if (plan.kind === 'refused') {
      if (json === true) terminal.json(plan);
      else for (const fault of plan.faults) terminal.note(escapeUnseen(fault));
      return 1;
    }
    const { migrations, notes } = plan;
    const printed = migrations.map(({ title, statements }) => ({
      title,
      statements: statements.map(printStatement),
    }));
    for (const note of notes) terminal.note(escapeUnseen(note));
    if (!isApplied) {
      if (json === true) terminal.json({ kind: 'plan', migrations: printed, notes });
      else for (const migration of migrations) terminal.print(printMigration(migration));
      if (migrations.length === 0) terminal.note('Nothing to do.');
      return 0;
    }
    const outcome = await applyMigrations(warehouse, migrations, randomUUID(), (migration) => {
      if (json !== true) terminal.print(printMigration(migration));
    });
    if (json === true) terminal.json({ ...outcome, migrations: printed, notes });
    if (outcome.kind === 'applied') {
      terminal.note(`${outcome.count} of ${migrations.length} done.`);
      return 0;
    }
    terminal.note(
      `Stopped at "${escapeUnseen(outcome.title)}": ${outcome.fault}; what it began is undone. Mend it and apply again.`,
    );
    return 1;
  };
}
