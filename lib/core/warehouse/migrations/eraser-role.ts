import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { identifier, sql } from '../sql/statement.ts';
import { OWN, OWN_SCHEMA, type WarehouseTable } from '../warehouse-table.ts';

/** What Lethe itself works under: it must see and delete what is hidden from all others. */
export const ERASER_ROLE = 'lethe_eraser';

/**
 * The role with all that the functions need and nothing more, made last and in one transaction: where
 * it is there, its grants are. Tables that the data map gains later are granted by hand, or by dropping
 * the role and applying again.
 */
export function eraserRole(
  tables: readonly WarehouseTable[],
  { roles }: Catalogue,
  dialect: SqlDialect,
): readonly SqlStatement[] {
  // Locally there is one user, and everything is theirs.
  if (dialect === 'postgres' || roles.has(ERASER_ROLE)) return [];
  const role = identifier(ERASER_ROLE);
  const schemas = new Set([OWN_SCHEMA, ...tables.map(({ map }) => map.schema)]);
  return [
    sql`CREATE ROLE ${role}`,
    // Without it Lethe would neither see nor delete a flagged row (GRANT, IGNORE RLS).
    sql`GRANT IGNORE RLS TO ROLE ${role}`,
    // Each pass ends with them; they are permissions of the system, not of a table.
    sql`GRANT ANALYZE, VACUUM TO ROLE ${role}`,
    ...[...schemas].map(
      (schema) => sql`GRANT USAGE ON SCHEMA ${identifier(schema)} TO ROLE ${role}`,
    ),
    ...Object.values(OWN).map(
      (own) => sql`GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE ${own} TO ROLE ${role}`,
    ),
    ...tables.map(({ name }) => sql`GRANT SELECT, UPDATE, DELETE ON TABLE ${name} TO ROLE ${role}`),
  ];
}
