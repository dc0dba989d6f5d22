import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { redshiftWarehouse } from '../../../lib/aws/warehouse/redshift-warehouse.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { warehouseContract } from '../../contracts/warehouse.ts';
import { scriptedDataApi } from './scripted-data-api.ts';

let database: LocalWarehouse;
beforeAll(async () => {
  database = await openMemoryWarehouse();
});
afterAll(() => database.close());

async function open(statementTimeout = 60_000) {
  await database.transact(
    [sql`DROP TABLE IF EXISTS things`, sql`CREATE TABLE things (id BIGINT, name TEXT)`],
    'x',
  );
  const api = scriptedDataApi(database);
  let now = 0;
  const waits: number[] = [];
  const warehouse: Warehouse = redshiftWarehouse({
    ...{ client: api.client, database: 'dev', workgroup: 'wg', statementTimeout },
    clock: { now: () => now },
    sleep: (milliseconds) => {
      now += milliseconds;
      waits.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  });
  return { ...api, warehouse, waits };
}

warehouseContract('behind the Data API', async () => (await open()).warehouse);

describe('the Data API', () => {
  it('is waited for when it throttles or its queue is full, with the same client token', async () => {
    const { warehouse, faults, calls, waits } = await open();
    faults.errors.push('ThrottlingException', 'ActiveStatementsExceededException');
    const insert = [sql`INSERT INTO things (id) VALUES (${1})`];
    expect(await warehouse.transact(insert, 'once')).toMatchObject({ kind: 'committed' });
    expect(calls.slice(0, 3)).toEqual(Array(3).fill('BatchExecuteStatement'));
    expect(waits[1]!).toBeGreaterThan(waits[0]!);
  });

  it('runs a transaction once, however often the same is sent', async () => {
    const { warehouse } = await open();
    const insert = [sql`INSERT INTO things (id) VALUES (${1})`];
    await warehouse.transact(insert, 'once');
    expect(await warehouse.transact(insert, 'once')).toEqual({ kind: 'committed', counts: [1] });
    expect(await warehouse.query(sql`SELECT id FROM things`)).toHaveLength(1);
    await warehouse.transact([sql`INSERT INTO things (id) VALUES (${2})`], 'once');
    expect(await warehouse.query(sql`SELECT id FROM things`)).toHaveLength(2);
  });

  it('is given up after long throttling, which can be tried again', async () => {
    const { warehouse, faults } = await open();
    faults.errors.push(...Array<string>(30).fill('ThrottlingException'));
    await expect(warehouse.transact([sql`DELETE FROM things`], 't')).rejects.toThrow('unavailable');
  });

  it('is looked at less and less often', async () => {
    const { warehouse, faults, waits } = await open();
    faults.runningFor = 12;
    await warehouse.transact([sql`DELETE FROM things`], 't');
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBe(5_000);
  });

  it('is told to cancel a statement that takes too long', async () => {
    const { warehouse, faults, calls } = await open(10_000);
    faults.runningFor = 1_000;
    expect(await warehouse.transact([sql`DELETE FROM things`], 't')).toEqual({
      ...{ kind: 'rolled-back', fault: 'timeout' },
    });
    expect(calls).toContain('CancelStatement');
  });

  it('gives its rows page by page', async () => {
    const { warehouse, calls } = await open();
    const many = [sql`INSERT INTO things (id) VALUES (${1}), (${2}), (${3})`];
    await warehouse.transact(many, 't');
    expect(await warehouse.query(sql`SELECT id FROM things ORDER BY id`)).toHaveLength(3);
    expect(calls.filter((name) => name === 'GetStatementResult')).toHaveLength(3);
  });

  it('is never sent what it could not carry, or what Redshift would not know', async () => {
    const { warehouse, calls } = await open();
    const huge = [sql`DELETE FROM things WHERE name = ${'x'.repeat(10_000_000)}`];
    expect(await warehouse.transact(huge, 't')).toEqual({ kind: 'rolled-back', fault: 'value' });
    const foreign = [sql`CREATE INDEX i ON things (id)`];
    expect(await warehouse.transact(foreign, 't')).toEqual({
      kind: 'rolled-back',
      fault: 'syntax',
    });
    expect(calls).toEqual([]);
  });

  it('tells nothing of its messages, which quote values', async () => {
    const { warehouse, faults } = await open();
    faults.errors.push('ValidationException');
    await expect(warehouse.query(sql`SELECT 1`)).rejects.not.toThrow(/secret/);
  });
});
