import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';

type Query =
  'columns' | 'comments' | 'access' | 'policies' | 'attached' | 'guarded' | 'roles' | 'indexes';

/** Comments on columns, from the catalogue that both databases have. */
const COMMENTS = sql`SELECT CAST(n.nspname AS VARCHAR(128)) AS table_schema, CAST(c.relname AS VARCHAR(128)) AS table_name, CAST(a.attname AS VARCHAR(128)) AS column_name, d.description AS comment FROM pg_catalog.pg_description AS d INNER JOIN pg_catalog.pg_class AS c ON d.objoid = c.oid INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid INNER JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.objsubid WHERE d.objsubid > 0 AND n.nspname NOT LIKE 'pg#_%'`;

/**
 * How each database is asked about itself. Redshift: SVV_COLUMNS, SVV_RELATION_PRIVILEGES,
 * SVV_RLS_POLICY, SVV_RLS_ATTACHED_POLICY, SVV_MASKING_POLICY, SVV_ATTACHED_MASKING_POLICY, SVV_ROLES
 * (Database Developer Guide, SVV metadata views); the policies' views ask for sys:secadmin.
 */
export const CATALOGUE_QUERIES: Readonly<
  Record<
    SqlDialect,
    Readonly<Partial<Record<Query, SqlStatement>>> &
      Record<'columns' | 'comments' | 'access', SqlStatement>
  >
> = {
  postgres: {
    columns: sql`SELECT table_schema, table_name, column_name, data_type, character_maximum_length AS length FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position`,
    comments: COMMENTS,
    access: sql`SELECT g.table_schema, g.table_name, g.privilege_type AS permission, g.grantee AS name, CASE WHEN g.grantee = 'PUBLIC' THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END AS kind FROM information_schema.table_privileges AS g LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = g.grantee WHERE g.table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY g.table_schema, g.table_name, g.grantee`,
    policies: sql`SELECT policyname AS name FROM pg_catalog.pg_policies`,
    attached: sql`SELECT policyname || ' ' || schemaname || '.' || tablename AS name FROM pg_catalog.pg_policies`,
    guarded: sql`SELECT n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class AS c INNER JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid WHERE c.relrowsecurity`,
    roles: sql`SELECT rolname AS name FROM pg_catalog.pg_roles`,
    indexes: sql`SELECT indexname AS name FROM pg_catalog.pg_indexes`,
  },
  redshift: {
    columns: sql`SELECT table_schema, table_name, column_name, data_type, character_maximum_length AS length FROM svv_columns ORDER BY table_schema, table_name, ordinal_position`,
    comments: COMMENTS,
    access: sql`SELECT namespace_name AS table_schema, relation_name AS table_name, privilege_type AS permission, identity_name AS name, identity_type AS kind FROM svv_relation_privileges ORDER BY namespace_name, relation_name, identity_name`,
    policies: sql`SELECT polname AS name FROM svv_rls_policy UNION SELECT policy_name AS name FROM svv_masking_policy`,
    attached: sql`SELECT polname || ' ' || relschema || '.' || relname AS name FROM svv_rls_attached_policy UNION SELECT policy_name || ' ' || schema_name || '.' || table_name || ' ' || output_columns || ' ' || grantee AS name FROM svv_attached_masking_policy`,
    guarded: sql`SELECT relschema || '.' || relname AS name FROM svv_rls_attached_policy WHERE is_rls_on IS TRUE`,
    roles: sql`SELECT role_name AS name FROM svv_roles`,
  },
};
