import { printPath, segmentsOf } from '../../data-map/field-path.ts';
import { MOST_STATEMENTS } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { identifierFault } from '../sql/statement.ts';
import type { WarehouseTable } from '../warehouse-table.ts';
import { columnsOf, isText } from './plan-room.ts';

/** All that keeps the data map's word of a table from being obeyed in this warehouse. */
export function tableFaults(table: WarehouseTable, catalogue: Catalogue): string[] {
  const { store, map, changes, isExempt, personalColumns } = table;
  const names = [map.schema, map.table, ...personalColumns, ...Object.values(map.splitFrom ?? {})];
  const bad = names.flatMap((name) => identifierFault(name) ?? []);
  if (bad.length > 0) return bad.map((fault) => `${store}: ${fault}`);
  const faults: string[] = [];
  let columns = columnsOf(catalogue, map.schema, map.table);
  if (columns.length === 0 && map.splitFrom !== undefined) {
    columns = columnsOf(catalogue, map.schema, map.splitFrom.table);
    if (columns.length === 0) {
      return [
        `${store}: there is neither ${map.schema}.${map.table} nor ${map.schema}.${map.splitFrom.table} to split`,
      ];
    }
  }
  if (columns.length === 0) return [`${store}: there is no table ${map.schema}.${map.table}`];
  const known = new Map(columns.map((one) => [one.column, one]));
  for (const column of personalColumns) {
    if (!known.has(column)) {
      faults.push(
        `${store}: ${map.schema}.${map.table} has no column "${column}"; known: ${[...known.keys()].join(', ')}`,
      );
    }
  }
  // The split is one transaction: a key column, its values, the copy, and a drop for each column.
  if (map.splitFrom !== undefined && personalColumns.length + 4 > MOST_STATEMENTS) {
    faults.push(`${store}: more personal columns than one transaction can split off`);
  }
  if (isExempt) return faults;
  for (const { column, action } of changes) {
    const found = known.get(column);
    if (action !== 'null' && found !== undefined && !isText(found)) {
      faults.push(
        `${store}: "${column}" is ${found.type}, and only a text can be ${action === 'mask' ? 'masked' : 'pseudonymised'}; null it`,
      );
    }
  }
  if (changes.length > 0) {
    for (const { path, erase } of map.fields) {
      if (segmentsOf(path).length > 1 && erase !== 'keep') {
        faults.push(
          `${store}: "${printPath(path)}" lies within a column; change the whole column or delete the row`,
        );
      }
    }
    const changed = new Set(changes.map(({ column }) => column));
    for (const [name, path] of Object.entries(map.identifiers)) {
      if (changed.has(segmentsOf(path)[0]!)) continue;
      faults.push(
        `${store}: identifier ${name} stays in "${printPath(path)}", so the rows would still be the subject's; null, mask or pseudonymise it`,
      );
    }
  }
  for (const role of map.maskedFor ?? []) {
    if (!catalogue.roles.has(role)) faults.push(`${store}: there is no role "${role}"`);
  }
  return faults;
}
