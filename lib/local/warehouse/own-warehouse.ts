import { randomUUID } from 'node:crypto';
import { rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataMap } from '../../core/data-map/schema.ts';
import type { SqlStatement, Warehouse } from '../../core/ports/warehouse.ts';
import { readCatalogue } from '../../core/warehouse/discovery/catalogue.ts';
import { applyMigrations } from '../../core/warehouse/migrations/apply-migrations.ts';
import {
  planMigrations,
  type MigrationPlan,
} from '../../core/warehouse/migrations/plan-migrations.ts';
import { replaceFile, syncFolder, unlessMissing } from '../durable-files.ts';
import type { LocalWarehouse } from './pglite-warehouse.ts';

type WarehouseState =
  | { readonly kind: 'ready'; readonly warehouse: Warehouse }
  /** Ask again: a database takes seconds to open, more to be made. */
  | { readonly kind: 'opening' }
  /** Not as the data map wants it, and whoever owns it has not agreed to a change. */
  | { readonly kind: 'unprepared'; readonly lacks: readonly string[] };

/** The warehouse of the local target: opened when it is first wanted, and made where none is. */
export interface OwnWarehouse {
  /**
   * Answers after `patience` ms at the latest.
   * @throws what kept it from being opened, {@link FolderInUseError} among it; the next look tries again
   */
  look(patience?: number): Promise<WarehouseState>;
  close(): Promise<void>;
}

export interface OwnWarehouseOptions {
  readonly directory: string;
  readonly dataMap: DataMap;
  /** What a new warehouse begins with, as one transaction. */
  readonly firstContent: () => Promise<readonly SqlStatement[]>;
}

/** Stands beside a database that is being made, until it is whole. */
const BEING_MADE = 'being-made';

/**
 * A database that is there already is looked at and never altered: where it lacks what the data map
 * asks for, `lethe warehouse apply` is the owner's consent. Only one that is made here is prepared
 * here; if that was cut off it is made anew, so that it is whole or not there at all.
 */
export function ownWarehouse(options: OwnWarehouseOptions): OwnWarehouse {
  let opened: LocalWarehouse | undefined;
  let opening: Promise<WarehouseState> | undefined;
  let isClosed = false;

  const open = async (): Promise<WarehouseState> => {
    const { warehouse, isNew } = await openOrMake(options);
    try {
      const plan = isNew ? await make(warehouse, options) : await planFor(warehouse, options);
      const lacks = plan.kind === 'refused' ? plan.faults : plan.migrations.map((one) => one.title);
      if (lacks.length > 0) {
        // Given back, so that it can be prepared while this process runs.
        await warehouse.close();
        return { kind: 'unprepared', lacks };
      }
    } catch (error) {
      await warehouse.close();
      throw error;
    }
    opened = warehouse;
    return { kind: 'ready', warehouse };
  };
  return {
    look: async (patience) => {
      if (opened !== undefined) return { kind: 'ready', warehouse: opened };
      if (isClosed) return { kind: 'opening' };
      const mine = (opening ??= open());
      if (patience !== undefined && !(await hasEnded(mine, patience))) return { kind: 'opening' };
      try {
        return await mine;
      } finally {
        // Kept until it has ended and somebody was told: while it goes on nobody opens a second time, and
        // one that fails late must not pass for one that goes on.
        if (opening === mine) opening = undefined;
      }
    },
    close: async () => {
      isClosed = true;
      await opening?.catch(() => undefined);
      await opened?.close();
      opened = undefined;
    },
  };
}

async function openOrMake({
  directory,
}: OwnWarehouseOptions): Promise<{ warehouse: LocalWarehouse; isNew: boolean }> {
  // Loaded when it is wanted: it is large.
  const { openPgliteWarehouse, DATABASE_FOLDER } = await import('./pglite-warehouse.ts');
  let isNew = false;
  const warehouse = await openPgliteWarehouse(directory, async () => {
    const database = join(directory, DATABASE_FOLDER);
    const mark = join(directory, BEING_MADE);
    const isThere = (path: string) =>
      unlessMissing(stat(path)).then((found) => found !== undefined);
    if ((await isThere(database)) && !(await isThere(mark))) return;
    isNew = true;
    await replaceFile(mark, '');
    await rm(database, { recursive: true, force: true });
  });
  return { warehouse, isNew };
}

async function make(warehouse: Warehouse, options: OwnWarehouseOptions): Promise<MigrationPlan> {
  const { directory, firstContent } = options;
  const content = await firstContent();
  const filled = await warehouse.transact(content, 'first-content');
  if (filled.kind !== 'committed') throw new UnmadeError(`first content: ${filled.fault}`);
  const plan = await planFor(warehouse, options);
  if (plan.kind === 'plan') {
    const applied = await applyMigrations(
      warehouse,
      plan.migrations,
      randomUUID(),
      () => undefined,
    );
    if (applied.kind === 'stopped') throw new UnmadeError(`${applied.title}: ${applied.fault}`);
  }
  await unlink(join(directory, BEING_MADE));
  await syncFolder(directory);
  return plan.kind === 'plan' ? { ...plan, migrations: [] } : plan;
}

/** The local warehouse could not be made. Names statements' titles and faults alone. */
class UnmadeError extends Error {
  override readonly name = 'UnmadeError';
}

async function planFor(
  warehouse: Warehouse,
  { dataMap }: OwnWarehouseOptions,
): Promise<MigrationPlan> {
  return planMigrations(dataMap, await readCatalogue(warehouse), warehouse.dialect);
}

/** Whether a promise is settled within so many ms. */
function hasEnded(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(end, end);
  });
}
