import { createHash } from 'node:crypto';
import { segmentsOf } from '../../data-map/field-path.ts';
import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { TAG } from '../discovery/discover-columns.ts';
import { identifier, literal, qualified, sql } from '../sql/statement.ts';
import { FLAG_COLUMN, type WarehouseTable } from '../warehouse-table.ts';
import { columnsOf } from './plan-room.ts';

/** The flag; and in PostgreSQL the indexes without which each request reads the whole table. */
export function flagColumn(
  { name, map, keys }: WarehouseTable,
  catalogue: Catalogue,
  dialect: SqlDialect,
): readonly SqlStatement[] {
  const columns = columnsOf(catalogue, map.schema, map.table);
  const flag = columns.some(({ column }) => column === FLAG_COLUMN)
    ? []
    : [sql`ALTER TABLE ${name} ADD COLUMN forgotten_flag VARCHAR(12) DEFAULT 'No' NOT NULL`];
  // Redshift has no indexes: zone maps and sort keys do their work.
  if (dialect === 'redshift') return flag;
  const index = (what: string, definition: SqlStatement): readonly SqlStatement[] => {
    const called = indexName(map.schema, map.table, what);
    if (catalogue.indexes.has(called)) return [];
    return [sql`CREATE INDEX ${identifier(called)} ON ${name} ${definition}`];
  };
  return [
    ...flag,
    ...index('flag', sql`(forgotten_flag) WHERE forgotten_flag <> 'No'`),
    // A hash index takes a text of any length; a tree refuses the row beyond some kilobytes.
    ...keys.flatMap(({ identifier: by, value }) => index(by, sql`USING hash ((${value}))`)),
  ];
}

function indexName(...parts: readonly string[]): string {
  return `lethe_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24)}`;
}

/** Comments that say what is personal and of which kind, so that it is found by asking. */
export function tagColumns({ map }: WarehouseTable, catalogue: Catalogue): readonly SqlStatement[] {
  const comments = new Map(
    columnsOf(catalogue, map.schema, map.table).map(({ column, comment }) => [column, comment]),
  );
  const tags = new Map<string, Set<string>>();
  for (const { path, category } of map.fields) {
    const column = segmentsOf(path)[0]!;
    tags.set(column, (tags.get(column) ?? new Set()).add(category));
  }
  for (const [name, path] of Object.entries(map.identifiers)) {
    const column = segmentsOf(path)[0]!;
    if (!tags.has(column)) tags.set(column, new Set([`identifier ${name}`]));
  }
  return [...tags].flatMap(([column, categories]) => {
    const tag = `${TAG} ${[...categories].sort().join(', ')}`;
    if (comments.get(column) === tag) return [];
    return [sql`COMMENT ON COLUMN ${qualified(map.schema, map.table, column)} IS ${literal(tag)}`];
  });
}
