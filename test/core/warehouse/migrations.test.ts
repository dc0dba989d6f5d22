import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import { readAccess, readCatalogue } from '../../../lib/core/warehouse/discovery/catalogue.ts';
import { discoverColumns } from '../../../lib/core/warehouse/discovery/discover-columns.ts';
import { applyMigrations } from '../../../lib/core/warehouse/migrations/apply-migrations.ts';
import {
  planMigrations,
  printMigration,
} from '../../../lib/core/warehouse/migrations/plan-migrations.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { must, WAREHOUSE_MAP } from './warehouse-fixture.ts';

let warehouse: LocalWarehouse;
beforeAll(async () => {
  warehouse = await openMemoryWarehouse();
  await must(warehouse, [sql`CREATE ROLE support`, sql`CREATE ROLE analyst`]);
});
afterAll(() => warehouse.close());

const store = WAREHOUSE_MAP.stores['customers-table']!;
/** Personal and other columns in one table, as one finds it. */
const MIXED = defineDataMap({
  ...WAREHOUSE_MAP,
  stores: {
    'customers-table': {
      ...store,
      after: undefined,
      splitFrom: { table: 'customers', key: 'customer_key' },
    },
  },
});

beforeEach(async () => {
  await must(warehouse, [
    sql`DROP SCHEMA IF EXISTS shop CASCADE`,
    sql`DROP SCHEMA IF EXISTS lethe CASCADE`,
    sql`CREATE SCHEMA shop`,
    sql`CREATE TABLE shop.customers (customer_id TEXT, email TEXT, name TEXT, segment TEXT, spent BIGINT)`,
    sql`INSERT INTO shop.customers VALUES ('c1', 'anna@example.org', 'Anna', 'gold', 10), ('c2', 'ben@example.org', 'Ben', 'tin', 20)`,
    sql`CREATE TABLE shop.notes_pii (id BIGINT, text TEXT)`,
  ]);
});

const plan = async (map = MIXED) =>
  planMigrations(map, await readCatalogue(warehouse), warehouse.dialect);

async function applyAll() {
  const planned = await plan();
  if (planned.kind === 'refused') throw new Error(planned.faults.join());
  const told: string[] = [];
  const outcome = await applyMigrations(warehouse, planned.migrations, 'm1', (migration) =>
    told.push(printMigration(migration)),
  );
  return { outcome, told, planned };
}

describe('the migrations', () => {
  it('split personal columns off, joined by a key that says nothing', async () => {
    expect((await applyAll()).outcome).toMatchObject({ kind: 'applied' });
    const joined = await warehouse.query(
      sql`SELECT p.name, n.segment, n.spent, p.customer_key FROM shop.customers_pii AS p INNER JOIN shop.customers AS n ON p.customer_key = n.customer_key ORDER BY p.name`,
    );
    expect(joined).toMatchObject([
      { name: 'Anna', segment: 'gold', spent: 10 },
      { name: 'Ben', segment: 'tin', spent: 20 },
    ]);
    const keys = joined.map((row) => row['customer_key']);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    const [rest] = await warehouse.query(sql`SELECT * FROM shop.customers`);
    expect(Object.keys(rest!).sort()).toEqual(['customer_key', 'segment', 'spent']);
  });

  it('add the flag, No by default, and hide what is flagged from every reader', async () => {
    await applyAll();
    await must(warehouse, [
      sql`GRANT USAGE ON SCHEMA shop TO analyst`,
      sql`GRANT SELECT, UPDATE, DELETE ON shop.customers_pii TO analyst`,
      sql`UPDATE shop.customers_pii SET forgotten_flag = 'Yes' WHERE name = 'Anna'`,
      sql`INSERT INTO shop.customers_pii (customer_id, name) VALUES ('c3', 'Cleo')`,
    ]);
    await warehouse.run(sql`SET ROLE analyst`);
    try {
      const seen = await warehouse.query(
        sql`SELECT name, forgotten_flag FROM shop.customers_pii ORDER BY name`,
      );
      expect(seen).toEqual([
        { name: 'Ben', forgotten_flag: 'No' },
        { name: 'Cleo', forgotten_flag: 'No' },
      ]);
      const shown = sql`UPDATE shop.customers_pii SET forgotten_flag = 'No'`;
      expect(await warehouse.transact([shown], 'x')).toMatchObject({ counts: [2] });
    } finally {
      await warehouse.run(sql`RESET ROLE`);
    }
  });

  it('are none the second time', async () => {
    await applyAll();
    expect(await plan()).toMatchObject({ kind: 'plan', migrations: [] });
  });

  it('are printed before they are sent, and nothing is done by planning', async () => {
    const before = await readCatalogue(warehouse);
    await plan();
    expect(await readCatalogue(warehouse)).toEqual(before);
    const { told, planned } = await applyAll();
    expect(told).toHaveLength(planned.migrations.length);
    expect(told.join('\n')).toContain("ADD COLUMN forgotten_flag VARCHAR(12) DEFAULT 'No'");
    expect(planned).toMatchObject({ notes: [expect.stringContaining('masking')] });
  });

  it('go on where they were stopped', async () => {
    const planned = await plan();
    if (planned.kind === 'refused') throw new Error(planned.faults.join());
    for (let done = 0; done < planned.migrations.length; done += 1) {
      const [next] = await remaining();
      await applyMigrations(warehouse, [next!], `m${done}`, () => undefined);
    }
    expect(await remaining()).toEqual([]);
  });

  it('that fail change nothing of their table, and say where', async () => {
    await must(warehouse, [sql`CREATE VIEW shop.report AS SELECT name FROM shop.customers`]);
    const { outcome } = await applyAll();
    expect(outcome).toMatchObject({
      kind: 'stopped',
      title: expect.stringContaining('split') as string,
    });
    const [row] = await warehouse.query(sql`SELECT * FROM shop.customers WHERE name = 'Anna'`);
    expect(Object.keys(row!)).not.toContain('customer_key');
  });

  it('are refused with every fault at once', async () => {
    await must(warehouse, [
      sql`CREATE TABLE shop.orders (order_id BIGINT, customer_id BIGINT, mail TEXT)`,
    ]);
    const refused = await plan(WAREHOUSE_MAP);
    expect(refused).toMatchObject({ kind: 'refused' });
    const faults = refused.kind === 'refused' ? refused.faults.join('\n') : '';
    expect(faults).toContain('there is no table shop.customers_pii');
    expect(faults).toContain('there is no table shop.tickets');
    expect(faults).toContain('shop.orders has no column "email"; known: order_id');
    expect(faults).toContain('"customer_id" is bigint, and only a text can be pseudonymised');
  });
});

async function remaining() {
  const planned = await plan();
  return planned.kind === 'plan' ? planned.migrations : [];
}

describe('the discovery', () => {
  const discover = async (pattern = /pii/i) =>
    discoverColumns(await readCatalogue(warehouse), await readAccess(warehouse), MIXED, pattern);

  it('finds by name, by tag and by data map, and tells where these differ', async () => {
    await must(warehouse, [
      sql`COMMENT ON COLUMN shop.customers.segment IS 'PersonalData: behaviour'`,
    ]);
    const before = await discover();
    const named = before.columns.map(({ table, column, byTag, byName, byDataMap, isMissing }) => [
      `${table}.${column}`,
      [byTag && 'tag', byName && 'name', byDataMap && 'map', isMissing && 'missing']
        .filter(Boolean)
        .join(' '),
    ]);
    expect(Object.fromEntries(named)).toEqual({
      'customers.segment': 'tag',
      'notes_pii.id': 'name',
      'notes_pii.text': 'name',
      'customers_pii.customer_id': 'name map missing',
      'customers_pii.email': 'name map missing',
      'customers_pii.name': 'name map missing',
    });
    expect(before.differences).toHaveLength(6);
    await applyAll();
    const agreed = (await discover()).columns.filter(
      ({ byTag, byName, byDataMap }) => byTag && byName && byDataMap,
    );
    expect(agreed.map(({ column }) => column)).toEqual(['customer_id', 'email', 'name']);
  });

  it('looks through system tables too, by any pattern', async () => {
    const { columns } = await discover(/^rolpassword$/);
    expect(columns.filter(({ isSystem }) => isSystem)).not.toEqual([]);
  });

  it('names the users and roles that have access', async () => {
    await applyAll();
    await must(warehouse, [sql`GRANT SELECT ON shop.customers_pii TO analyst`]);
    const { access } = await discover();
    expect(access).toContainEqual({
      ...{ schema: 'shop', table: 'customers_pii', kind: 'role', name: 'analyst' },
      permissions: ['SELECT'],
    });
    expect(access.some(({ kind }) => kind === 'user')).toBe(true);
  });
});
