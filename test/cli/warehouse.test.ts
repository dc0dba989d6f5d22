import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { openPgliteWarehouse } from '../../lib/local/warehouse/pglite-warehouse.ts';
import { WAREHOUSE_MAP } from '../core/warehouse/warehouse-fixture.ts';
import { root } from '../house/import-graph.ts';

let folder: string;
let mapFile: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-warehouse-'));
  mapFile = join(folder, 'map.json');
  const { 'tickets-table': store } = WAREHOUSE_MAP.stores;
  writeFileSync(mapFile, JSON.stringify({ ...WAREHOUSE_MAP, stores: { 'tickets-table': store } }));
  const warehouse = await openPgliteWarehouse(join(folder, 'warehouse'));
  await warehouse.transact(
    [
      sql`CREATE SCHEMA shop`,
      sql`CREATE TABLE shop.tickets (customer_id TEXT, body TEXT)`,
      sql`INSERT INTO shop.tickets VALUES ('canary-7', 'canary-body')`,
    ],
    'x',
  );
  await warehouse.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lethe(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bin/lethe.js'), 'warehouse', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}
const given = () => ['--directory', folder, '--data-map', mapFile];

test('plans without changing anything, applies what it printed, and then has nothing to do', () => {
  const planned = lethe('plan', ...given());
  expect(planned.status).toBe(0);
  expect(planned.stdout).toContain('ALTER TABLE "shop"."tickets" ADD COLUMN forgotten_flag');
  const applied = lethe('apply', ...given());
  expect(applied).toMatchObject({ status: 0, stdout: planned.stdout });
  const again = JSON.parse(lethe('plan', ...given(), '--json').stdout) as object;
  expect(again).toMatchObject({ kind: 'plan', migrations: [] });

  const found = lethe('discover', ...given(), '--json', '--strict');
  expect(found.status).toBe(1);
  expect(JSON.parse(found.stdout)).toMatchObject({
    columns: [
      { table: 'tickets', column: 'body', byTag: true, byDataMap: true, byName: false },
      { table: 'tickets', column: 'customer_id' },
    ],
  });
  const counted = lethe('forget', ...given(), '--dry-run', '--json');
  expect(JSON.parse(counted.stdout)).toMatchObject({ tables: [{ due: 0, all: 1 }] });
  for (const { stdout, stderr } of [planned, applied, found, counted]) {
    expect(stdout + stderr).not.toContain('canary');
  }
});

test('refuses with every fault what the warehouse cannot do', () => {
  const all = join(folder, 'all.json');
  writeFileSync(all, JSON.stringify(WAREHOUSE_MAP));
  const refused = lethe('plan', '--directory', folder, '--data-map', all);
  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toContain('there is no table shop.customers_pii');
  expect(refused.stderr).toContain('there is no table shop.orders');
});

test('says in one line what was used wrongly', () => {
  for (const [args, message] of [
    [['plan', '--directory', join(folder, 'nowhere')], 'there is no warehouse'],
    [['plan', '--data-map', join(folder, 'nothing.json')], 'cannot read'],
    [['discover', '--pattern', '('], 'regular expression'],
    [['forget', '--maximum-matching-proportion', '2'], 'from 0 to 1'],
    [['plan', '--cluster', 'a', '--workgroup', 'b'], 'name one of them'],
  ] as const) {
    const { status, stderr } = lethe(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});
