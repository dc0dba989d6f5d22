import { MOST_STATEMENTS, type SqlFault, type Warehouse } from '../../ports/warehouse.ts';
import type { Migration } from './plan-migrations.ts';

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly count: number }
  /** What stands before `title` is done; it and what follows are not. A new plan goes on there. */
  | {
      readonly kind: 'stopped';
      readonly title: string;
      readonly fault: SqlFault;
      readonly at?: number;
    };

/** Applies migrations one by one, each in a transaction; `tell` hears of each before it is sent. */
export async function applyMigrations(
  warehouse: Warehouse,
  migrations: readonly Migration[],
  runId: string,
  tell: (migration: Migration) => void,
): Promise<ApplyOutcome> {
  let count = 0;
  for (const migration of migrations) {
    tell(migration);
    const { statements, title } = migration;
    // Only tags and masks may be longer, and of these each statement stands for itself.
    for (let from = 0; from < statements.length; from += MOST_STATEMENTS) {
      const some = statements.slice(from, from + MOST_STATEMENTS);
      const outcome = await warehouse.transact(some, `${runId}/${count}/${from}`);
      if (outcome.kind === 'committed') continue;
      const at = outcome.at === undefined ? {} : { at: from + outcome.at };
      return { kind: 'stopped', title, fault: outcome.fault, ...at };
    }
    count += 1;
  }
  return { kind: 'applied', count };
}
