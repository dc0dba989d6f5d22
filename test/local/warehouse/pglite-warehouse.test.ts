import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
  openPgliteWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { FolderInUseError } from '../../../lib/local/stream/ownership.ts';
import { warehouseContract } from '../../contracts/warehouse.ts';
import { runChild } from '../children/run-child.ts';
import { scratchFolder } from '../scratch-folder.ts';

let memory: LocalWarehouse;
beforeAll(async () => {
  memory = await openMemoryWarehouse();
});
afterAll(() => memory.close());

warehouseContract('embedded', async () => {
  await memory.transact(
    [sql`DROP TABLE IF EXISTS things`, sql`CREATE TABLE things (id BIGINT, name TEXT)`],
    'x',
  );
  return memory;
});

it('takes a text of 10 MB as a value, and changes its row alone', async () => {
  const huge = `${"'; DROP TABLE things; --".repeat(100_000)}${'é'.repeat(4_000_000)}`;
  await memory.transact(
    [
      sql`DROP TABLE IF EXISTS things`,
      sql`CREATE TABLE things (id BIGINT, name TEXT)`,
      sql`INSERT INTO things VALUES (1, ${huge}), (2, 'b')`,
    ],
    'x',
  );
  const outcome = await memory.transact([sql`DELETE FROM things WHERE name = ${huge}`], 'y');
  expect(outcome).toEqual({ kind: 'committed', counts: [1] });
  expect(await memory.query(sql`SELECT id FROM things`)).toEqual([{ id: 2 }]);
});

it('keeps what was committed, and nothing of what was not, when it is killed', async () => {
  const folder = await scratchFolder();
  // Not bundled: PGlite finds its own files beside its code.
  const child = join(import.meta.dirname, '../children/warehouse.child.ts');
  {
    let told = 0;
    for (let round = 0; round < 2; round += 1) {
      const run = await runChild('--import=tsx', [child, folder]);
      expect(run.signal).toBe('SIGKILL');
      expect(run.errors).toBe('');
      told = Math.max(told, ...run.lines.map(Number));
    }
    expect(told).toBeGreaterThan(0);
    const warehouse = await openPgliteWarehouse(folder);
    const [row] = await warehouse.query(
      sql`SELECT COUNT(*) AS pairs, MIN(half) AS fewest, MAX(half) AS most FROM (SELECT pair, COUNT(*) AS half FROM halves GROUP BY pair) AS counted`,
    );
    expect(Number(row!['pairs'])).toBeGreaterThanOrEqual(told);
    expect(row).toMatchObject({ fewest: 2, most: 2 });
    await expect(openPgliteWarehouse(folder)).rejects.toThrow(FolderInUseError);
    await warehouse.close();
  }
});
