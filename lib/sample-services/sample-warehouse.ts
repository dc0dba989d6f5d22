import type { DataMap } from '../core/data-map/schema.ts';
import type { SqlStatement } from '../core/ports/warehouse.ts';
import { COMMA, identifier, joined, sql } from '../core/warehouse/sql/statement.ts';
import type { SamplePerson } from './seed-people.ts';

/** Who reads reports, and must not see what is flagged. */
export const ANALYST_ROLE = identifier('analyst');
const SCHEMA = 'shop';

/** The tables of a small shop as one finds them, without anything of Lethe's. */
const TABLES: readonly SqlStatement[] = [
  sql`CREATE SCHEMA shop`,
  sql`CREATE TABLE shop.customers_pii (customer_id TEXT, email TEXT, name TEXT)`,
  sql`CREATE TABLE shop.orders (order_id BIGINT, customer_id TEXT, email TEXT, amount BIGINT)`,
  sql`CREATE TABLE shop.visits (customer_id TEXT, page TEXT)`,
  sql`CREATE TABLE shop.invoices (customer_id TEXT, name TEXT)`,
  sql`CREATE ROLE ${ANALYST_ROLE}`,
  sql`GRANT USAGE ON SCHEMA shop TO ${ANALYST_ROLE}`,
  sql`GRANT SELECT ON ALL TABLES IN SCHEMA shop TO ${ANALYST_ROLE}`,
];

/** The warehouse of the sample services; empty where the data map names none of its tables. */
export function sampleWarehouse(
  { stores }: Pick<DataMap, 'stores'>,
  people: readonly SamplePerson[],
): readonly SqlStatement[] {
  const isMeant = Object.values(stores).some(
    (store) => store.kind === 'table' && store.schema === SCHEMA,
  );
  return isMeant ? [...TABLES, ...warehouseRows(people)] : [];
}

/** What a load from the services would bring of people. PostgreSQL. */
export function warehouseRows(people: readonly SamplePerson[]): readonly SqlStatement[] {
  if (people.length === 0) return [];
  const rowsOf = (make: (person: SamplePerson) => readonly SqlStatement[]): SqlStatement =>
    joined(people.flatMap(make), COMMA);
  return [
    sql`INSERT INTO shop.customers_pii (customer_id, email, name) VALUES ${rowsOf((person) => [
      sql`(${person.customerId}, ${person.email}, ${person.name})`,
    ])}`,
    // An order by telephone has no mail address.
    sql`INSERT INTO shop.orders (order_id, customer_id, email, amount) VALUES ${rowsOf(
      ({ customerId, email }) => {
        const first = Number(customerId.replace(/\D/g, '')) * 10;
        return [
          sql`(${first}, ${customerId}, ${email}, 12)`,
          sql`(${first + 1}, ${customerId}, NULL, 30)`,
        ];
      },
    )}`,
    sql`INSERT INTO shop.visits (customer_id, page) VALUES ${rowsOf(({ customerId }) =>
      ['/', '/sale', '/basket'].map((page) => sql`(${customerId}, ${page})`),
    )}`,
    sql`INSERT INTO shop.invoices (customer_id, name) VALUES ${rowsOf(({ customerId, name }) => [
      sql`(${customerId}, ${name})`,
    ])}`,
  ];
}
