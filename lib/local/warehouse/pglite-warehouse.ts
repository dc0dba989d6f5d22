import type { PGlite } from '@electric-sql/pglite';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MOST_STATEMENTS,
  type SqlFault,
  type SqlRow,
  type SqlStatement,
  type Warehouse,
  WarehouseError,
} from '../../core/ports/warehouse.ts';
import { renderPositional } from '../../core/warehouse/sql/render.ts';
import { makeFolder, unlessMissing } from '../durable-files.ts';
import { claimFolder } from '../stream/ownership.ts';
import { makeDatabase, openDatabase } from './make-database.ts';

/** An open local warehouse. */
export interface LocalWarehouse extends Warehouse {
  close(): Promise<void>;
}

/** A warehouse in memory (PGlite) with nothing in it. */
export async function openMemoryWarehouse(): Promise<LocalWarehouse> {
  return serve(await makeDatabase(), () => Promise.resolve());
}

/**
 * Opens the embedded PostgreSQL (PGlite) under `directory`, for this process alone, and makes one where
 * none is. It keeps its own write-ahead log: what was committed is there after `kill -9`.
 * @param beforeOpening is run once the folder is this process's, before the database is looked for
 * @throws {FolderInUseError}
 */
export async function openPgliteWarehouse(
  directory: string,
  beforeOpening?: () => Promise<void>,
): Promise<LocalWarehouse> {
  await makeFolder(directory);
  const release = await claimFolder(directory);
  try {
    await beforeOpening?.();
    const dataDir = join(directory, DATABASE_FOLDER);
    const isThere = (await unlessMissing(stat(join(dataDir, VERSION_FILE)))) !== undefined;
    return serve(await (isThere ? openDatabase(dataDir) : makeDatabase(dataDir)), release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Below the warehouse's own folder. */
export const DATABASE_FOLDER = 'postgres';

/** Where PostgreSQL says which version a folder is of. */
const VERSION_FILE = 'PG_VERSION';

function serve(database: PGlite, release: () => Promise<void>): LocalWarehouse {
  return {
    dialect: 'postgres',
    transact: async (statements) => {
      if (statements.length > MOST_STATEMENTS) return { kind: 'rolled-back', fault: 'value' };
      const counts: number[] = [];
      try {
        await database.transaction(async (transaction) => {
          for (const statement of statements) {
            const { text, values } = renderPositional(statement);
            const { affectedRows, rows } = await transaction.query(text, values);
            counts.push(rows.length > 0 ? rows.length : (affectedRows ?? 0));
          }
        });
        return { kind: 'committed', counts };
      } catch (error) {
        return { kind: 'rolled-back', fault: faultOf(error), at: counts.length };
      }
    },
    query: async (statement) => (await ask(database, statement)) as SqlRow[],
    run: async (statement) => {
      await ask(database, statement);
    },
    close: async () => {
      await database.close();
      await release();
    },
  };
}

async function ask(database: PGlite, statement: SqlStatement): Promise<unknown[]> {
  const { text, values } = renderPositional(statement);
  try {
    return (await database.query(text, values)).rows;
  } catch (error) {
    // No cause: PostgreSQL's messages and details quote values.
    throw new WarehouseError(faultOf(error));
  }
}

/** By SQLSTATE (PostgreSQL, appendix A). */
function faultOf(error: unknown): SqlFault {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  if (typeof code !== 'string') return 'other';
  if (code === '22012') return 'guard';
  if (code === '57014') return 'timeout';
  if (code === '42501') return 'permission';
  if (['42P01', '42703', '3F000', '42704', '42883'].includes(code)) return 'no-such-object';
  if (code.startsWith('40')) return 'conflict';
  if (code.startsWith('42')) return 'syntax';
  if (/^2[23]/.test(code)) return 'value';
  if (/^(08|53|57)/.test(code)) return 'unavailable';
  return 'other';
}
