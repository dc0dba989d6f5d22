import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCount, formatDuration } from '../../bin/terminal/numbers.ts';
import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import type { SqlStatement, Warehouse } from '../../lib/core/ports/warehouse.ts';
import { readCatalogue } from '../../lib/core/warehouse/discovery/catalogue.ts';
import { deleteForgotten } from '../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { flagPending } from '../../lib/core/warehouse/erasure/flag-pending.ts';
import { applyMigrations } from '../../lib/core/warehouse/migrations/apply-migrations.ts';
import { planMigrations } from '../../lib/core/warehouse/migrations/plan-migrations.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { warehouseTables } from '../../lib/core/warehouse/warehouse-table.ts';
import { openPgliteWarehouse } from '../../lib/local/warehouse/pglite-warehouse.ts';
import type { BenchSection, BenchSize } from './section.ts';

const SIZES: Readonly<Record<BenchSize, { rows: number; subjects: readonly number[] }>> = {
  smoke: { rows: 5_000, subjects: [100] },
  quick: { rows: 50_000, subjects: [100, 1_000] },
  normal: { rows: 500_000, subjects: [100, 1_000, 10_000] },
  full: { rows: 10_000_000, subjects: [1_000, 10_000, 100_000] },
};
/** Subjects that the rival deletes one by one; more would only take longer. */
const ONE_BY_ONE = 100;

const table = (name: string) => ({
  kind: 'table',
  ...{ description: name, area: 'warehouse', owner: 'x', legalBasis: 'x' },
  ...{ retention: { days: 1 }, schema: 'bench', table: name },
  identifiers: { customer_id: 'customer_id' },
  fields: [{ path: 'customer_id', category: 'account', erase: 'delete-row' }],
});
const MAP = defineDataMap({
  version: 1,
  identifiers: { customer_id: { description: 'x', normalise: 'exact' } },
  stores: { visits: table('visits'), people: { ...table('people'), after: ['visits'] } },
});

export const section: BenchSection = {
  name: 'warehouse',
  async *run(size, progress) {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-'));
    const warehouse = await openPgliteWarehouse(join(folder, 'warehouse'));
    try {
      yield await measure(warehouse, size, progress);
    } finally {
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(warehouse: Warehouse, size: BenchSize, progress: (line: string) => void) {
  const { rows, subjects } = SIZES[size];
  const all = subjects.reduce((sum, count) => sum + count, ONE_BY_ONE);
  const tables = warehouseTables(MAP, 'postgres');
  const radius = { rows: 0, proportion: 1 };
  progress(`making ${formatCount(rows)} rows`);
  await must(warehouse, [
    sql`CREATE SCHEMA bench`,
    // The first subjects have ten visits each; everybody else's fill the table up.
    sql`CREATE TABLE bench.visits AS SELECT 'c' || CASE WHEN i <= ${10 * all} THEN (i - 1) / 10 ELSE i END AS customer_id, i AS page FROM generate_series(1, CAST(${rows} AS INT)) AS i`,
    sql`CREATE TABLE bench.people AS SELECT 'c' || (i - 1) AS customer_id FROM generate_series(1, CAST(${all} AS INT)) AS i`,
  ]);
  const plan = planMigrations(MAP, await readCatalogue(warehouse), 'postgres');
  if (plan.kind === 'refused') throw new Error(plan.faults.join());
  progress('migrating: flag, indexes, policies');
  await applyMigrations(warehouse, plan.migrations, 'bench', () => undefined);
  await warehouse.run(sql`ANALYZE`);

  const lines: string[][] = [];
  let from = 0;
  for (const count of subjects) {
    progress(`${formatCount(count)} subjects in one pass`);
    await putKeys(warehouse, from, count);
    const flagging = await timed(() =>
      flagPending(warehouse, tables, sql`kind = 'erase'`, `f${count}`),
    );
    const pass = await timed(async () => {
      const outcome = await deleteForgotten({ warehouse, tables, radius }, 1, `run-${count}`);
      if (outcome.kind !== 'deleted') throw new Error(JSON.stringify(outcome));
      return outcome.tables.reduce((sum, { rows: gone }) => sum + gone, 0);
    });
    lines.push(line('one pass for all', count, pass.result, flagging.ms, pass.ms));
    from += count;
  }
  progress(`${ONE_BY_ONE} subjects one by one`);
  const rival = await timed(async () => {
    let gone = 0;
    for (let at = from; at < from + ONE_BY_ONE; at++) {
      const counts = await must(warehouse, [
        sql`DELETE FROM bench.visits WHERE customer_id = ${`c${at}`}`,
        sql`DELETE FROM bench.people WHERE customer_id = ${`c${at}`}`,
      ]);
      gone += counts.reduce((sum, each) => sum + each, 0);
    }
    return gone;
  });
  lines.push(line('subject by subject (indexed)', ONE_BY_ONE, rival.result, 0, rival.ms));
  const floor = await timed(() =>
    warehouse.query(sql`SELECT COUNT(*) AS many FROM bench.visits WHERE page < 0`),
  );
  return {
    title: `Physical deletes in the local warehouse, ${formatCount(rows)} rows`,
    columns: ['way', 'subjects', 'rows deleted', 'flag all', 'pass', 'pass per 1,000 rows'],
    rows: lines,
    note: `Reading the table once takes ${formatDuration(floor.ms)}. Ten visits and one master row a subject; the pass flags late rows, checks its radius, counts, deletes in one transaction and verifies that none is left.`,
  };
}

function line(way: string, subjects: number, rows: number, flagging: number, pass: number) {
  return [
    way,
    formatCount(subjects),
    formatCount(rows),
    flagging === 0 ? '–' : formatDuration(flagging),
    formatDuration(pass),
    formatDuration((pass / rows) * 1_000),
  ];
}

/** The keys of many subjects, as flagging them one by one would have left them. */
async function putKeys(warehouse: Warehouse, from: number, count: number): Promise<void> {
  for (const store of ['visits', 'people']) {
    await must(warehouse, [
      sql`INSERT INTO lethe.forgotten (task_key, store, kind, identifier, natural_key, pseudonym, delete_after) SELECT ${store} || i, CAST(${store} AS VARCHAR(64)), 'erase', 'customer_id', 'c' || i, 'p', 0 FROM generate_series(CAST(${from} AS INT), CAST(${from + count - 1} AS INT)) AS i`,
    ]);
  }
}

async function must(warehouse: Warehouse, statements: readonly SqlStatement[]) {
  const outcome = await warehouse.transact(statements, 'bench');
  if (outcome.kind !== 'committed') throw new Error(JSON.stringify(outcome));
  return outcome.counts;
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}
