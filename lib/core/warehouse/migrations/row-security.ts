import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { identifier, sql } from '../sql/statement.ts';
import { VISIBLE, type WarehouseTable } from '../warehouse-table.ts';

/** The policy that hides what is flagged. */
const HIDING_POLICY = 'lethe_not_forgotten';
/** What all tables share. In Redshift a policy stands by itself and is attached to tables. */
export function sharedPolicies(
  { policies }: Catalogue,
  dialect: SqlDialect,
): readonly { title: string; statements: readonly SqlStatement[] }[] {
  if (dialect === 'postgres') return [];
  const policy = policies.has(HIDING_POLICY)
    ? []
    : [
        sql`CREATE RLS POLICY ${identifier(HIDING_POLICY)} WITH (forgotten_flag VARCHAR(12)) AS flagged USING (flagged.forgotten_flag = ${VISIBLE})`,
      ];
  return [{ title: 'policy on forgotten_flag', statements: policy }];
}

/**
 * Hides flagged rows from everybody else. To all, since whom no policy is attached to sees no row at
 * all once row-level security is on.
 */
export function hideRows(
  { name, map }: WarehouseTable,
  { attached, guarded }: Catalogue,
  dialect: SqlDialect,
): readonly SqlStatement[] {
  const at = `${map.schema}.${map.table}`;
  const policy = identifier(HIDING_POLICY);
  const isAttached = attached.has(`${HIDING_POLICY} ${at}`);
  const isOn = guarded.has(at);
  if (dialect === 'redshift') {
    return [
      ...(isAttached ? [] : [sql`ATTACH RLS POLICY ${policy} ON ${name} TO PUBLIC`]),
      ...(isOn ? [] : [sql`ALTER TABLE ${name} ROW LEVEL SECURITY ON`]),
    ];
  }
  return [
    ...(isAttached
      ? []
      : [
          sql`CREATE POLICY ${policy} ON ${name} USING (forgotten_flag = ${VISIBLE}) WITH CHECK (forgotten_flag = ${VISIBLE})`,
        ]),
    ...(isOn ? [] : [sql`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`]),
  ];
}
