import type { Catalogue, CatalogueColumn } from '../discovery/catalogue.ts';

/** The columns that a table has now; none: there is no such table. */
export function columnsOf(
  catalogue: Catalogue,
  schema: string,
  table: string,
): readonly CatalogueColumn[] {
  return catalogue.columns.filter((one) => one.schema === schema && one.table === table);
}

/** Whether a column holds text, which can be masked and pseudonymised. */
export function isText({ type }: Pick<CatalogueColumn, 'type'>): boolean {
  return /^(text|character|varchar|char|bpchar|nvarchar)/.test(type);
}
