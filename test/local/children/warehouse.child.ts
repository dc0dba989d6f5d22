import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { openPgliteWarehouse } from '../../../lib/local/warehouse/pglite-warehouse.ts';

/** Commits pairs of rows, each pair in one transaction, and tells each; dies in the middle. */
const warehouse = await openPgliteWarehouse(process.argv[2]!);
await warehouse.transact([sql`CREATE TABLE IF NOT EXISTS halves (pair BIGINT NOT NULL)`], 'make');
const [last] = await warehouse.query(sql`SELECT COALESCE(MAX(pair), 0) AS pair FROM halves`);
const first = Number(last?.['pair']) + 1;
for (let pair = first; ; pair++) {
  const half = sql`INSERT INTO halves VALUES (${pair})`;
  const outcome = await warehouse.transact([half, half], `pair-${pair}`);
  if (outcome.kind !== 'committed') throw new Error(outcome.fault);
  process.stdout.write(`${pair}\n`);
  // Killed with the next pair on its way.
  if (pair === first + 20) {
    void warehouse.transact([half, half], 'last');
    process.kill(process.pid, 'SIGKILL');
  }
}
