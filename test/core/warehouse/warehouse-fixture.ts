import { defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { ownTables } from '../../../lib/core/warehouse/own-tables.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';

const common = { area: 'warehouse', retention: { days: 730 }, legalBasis: 'GDPR Art. 6(1)(b)' };

/** A warehouse in small: whole rows go, columns change, the law keeps one table. */
export const WAREHOUSE_MAP = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'mail', normalise: 'trim-lowercase' },
    customer_id: { description: 'number', normalise: 'exact' },
  },
  stores: {
    'customers-table': {
      kind: 'table',
      ...{ ...common, description: 'Customers', owner: 'sales' },
      ...{ schema: 'shop', table: 'customers_pii' },
      identifiers: { email: 'email', customer_id: 'customer_id' },
      after: ['tickets-table', 'orders-table'],
      maskedFor: ['support'],
      fields: [
        { path: 'name', category: 'name', erase: 'delete-row' },
        { path: 'email', category: 'contact', erase: 'delete-row' },
      ],
    },
    'orders-table': {
      kind: 'table',
      ...{ ...common, description: 'Orders', owner: 'sales' },
      ...{ schema: 'shop', table: 'orders' },
      identifiers: { email: 'email', customer_id: 'customer_id' },
      fields: [
        { path: 'email', category: 'contact', erase: 'null' },
        { path: 'customer_id', category: 'account', erase: 'pseudonymise' },
        { path: 'ship_to', category: 'location', erase: 'mask' },
      ],
    },
    'tickets-table': {
      kind: 'table',
      ...{ ...common, description: 'Tickets', owner: 'support' },
      ...{ schema: 'shop', table: 'tickets' },
      identifiers: { customer_id: 'customer_id' },
      fields: [{ path: 'body', category: 'free-text', erase: 'delete-row' }],
    },
    'invoices-table': {
      kind: 'table',
      ...{ ...common, description: 'Invoices', owner: 'finance' },
      ...{ schema: 'shop', table: 'invoices' },
      identifiers: { customer_id: 'customer_id' },
      exemption: { basis: 'GDPR Art. 17(3)(b), tax records', retainDays: 3650 },
      fields: [{ path: 'name', category: 'name', erase: 'keep' }],
    },
  },
});

const FLAG = sql`forgotten_flag VARCHAR(12) NOT NULL DEFAULT 'No'`;

/** The fixture's tables, new and empty, and Lethe's own. */
export async function makeTables(warehouse: Warehouse): Promise<void> {
  await must(warehouse, [
    sql`DROP SCHEMA IF EXISTS shop CASCADE`,
    sql`DROP SCHEMA IF EXISTS lethe CASCADE`,
    sql`CREATE SCHEMA shop`,
    sql`CREATE TABLE shop.customers_pii (customer_id TEXT, email TEXT, name TEXT, ${FLAG})`,
    sql`CREATE TABLE shop.orders (order_id BIGINT, customer_id TEXT, email TEXT, ship_to TEXT, amount BIGINT, ${FLAG})`,
    sql`CREATE TABLE shop.tickets (customer_id TEXT, body TEXT, ${FLAG})`,
    sql`CREATE TABLE shop.invoices (customer_id TEXT, name TEXT, ${FLAG})`,
    ...ownTables('postgres'),
  ]);
}

export async function must(
  warehouse: Warehouse,
  statements: readonly ReturnType<typeof sql>[],
): Promise<readonly number[]> {
  const outcome = await warehouse.transact(statements, 'test');
  if (outcome.kind !== 'committed') throw new Error(JSON.stringify(outcome));
  return outcome.counts;
}

export interface Person {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
}

/** A person with a row or two in each table. */
export async function addPerson(warehouse: Warehouse, { id, email, name }: Person): Promise<void> {
  await must(warehouse, [
    sql`INSERT INTO shop.customers_pii (customer_id, email, name) VALUES (${id}, ${email}, ${name})`,
    sql`INSERT INTO shop.orders (order_id, customer_id, email, ship_to, amount) VALUES (1, ${id}, ${email}, 'Elm Street', 10), (2, ${id}, NULL, 'Oak Street', 20)`,
    sql`INSERT INTO shop.tickets (customer_id, body) VALUES (${id}, ${`written by ${name}`})`,
    sql`INSERT INTO shop.invoices (customer_id, name) VALUES (${id}, ${name})`,
  ]);
}
