import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import type { SqlStatement } from '../../lib/core/ports/warehouse.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';

const common = {
  kind: 'table',
  ...{ area: 'warehouse', owner: 'analytics', retention: { days: 730 } },
  legalBasis: 'GDPR Art. 6(1)(f), reporting',
} as const;

/** What the demonstration's warehouse holds: whole rows go, columns change, the law keeps a table. */
export const WAREHOUSE_TABLES = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'Mail address of a customer', normalise: 'trim-lowercase' },
    customer_id: { description: 'Customer number', normalise: 'exact' },
  },
  stores: {
    'shop-visits': {
      ...{ ...common, description: 'Visits to the shop', schema: 'shop', table: 'visits' },
      identifiers: { customer_id: 'customer_id' },
      fields: [{ path: 'page', category: 'behaviour', erase: 'delete-row' }],
    },
    'shop-orders': {
      ...{ ...common, description: 'Orders, kept for sums', schema: 'shop', table: 'orders' },
      identifiers: { email: 'email', customer_id: 'customer_id' },
      fields: [
        { path: 'email', category: 'contact', erase: 'null' },
        { path: 'customer_id', category: 'account', erase: 'pseudonymise' },
      ],
    },
    'shop-customers': {
      ...{ ...common, description: 'Customers', schema: 'shop', table: 'customers_pii' },
      identifiers: { email: 'email', customer_id: 'customer_id' },
      after: ['shop-visits', 'shop-orders'],
      fields: [
        { path: 'name', category: 'name', erase: 'delete-row' },
        { path: 'email', category: 'contact', erase: 'delete-row' },
      ],
    },
    'shop-invoices': {
      ...{ ...common, description: 'Invoices', schema: 'shop', table: 'invoices' },
      legalBasis: 'GDPR Art. 6(1)(c), tax law',
      identifiers: { customer_id: 'customer_id' },
      exemption: { basis: 'GDPR Art. 17(3)(b), tax records', retainDays: 3650 },
      fields: [{ path: 'name', category: 'name', erase: 'keep' }],
    },
  },
});

/** The invented customer who is forgotten. */
export interface WarehousePerson {
  readonly customerId: string;
  readonly name: string;
  readonly email: string;
}

/** Invented customers besides the one who is forgotten. */
const OTHERS = 2_000;

/** A small warehouse as one finds it, made anew: nothing of Lethe's is in it yet. */
export function makeWarehouse({
  customerId,
  name,
  email,
}: WarehousePerson): readonly SqlStatement[] {
  const others = sql`generate_series(1, ${OTHERS}::int) AS n`;
  return [
    sql`DROP SCHEMA IF EXISTS shop CASCADE`,
    sql`DROP SCHEMA IF EXISTS lethe CASCADE`,
    sql`CREATE SCHEMA shop`,
    sql`CREATE TABLE shop.customers_pii (customer_id TEXT, email TEXT, name TEXT)`,
    sql`CREATE TABLE shop.orders (order_id BIGINT, customer_id TEXT, email TEXT, amount BIGINT)`,
    sql`CREATE TABLE shop.visits (customer_id TEXT, page TEXT)`,
    sql`CREATE TABLE shop.invoices (customer_id TEXT, name TEXT)`,
    sql`INSERT INTO shop.customers_pii SELECT 'X-' || n, 'customer' || n || '@example.com', 'Customer ' || n FROM ${others}`,
    sql`INSERT INTO shop.orders SELECT n, 'X-' || n, 'customer' || n || '@example.com', n % 90 FROM ${others}`,
    sql`INSERT INTO shop.visits SELECT 'X-' || n, '/page/' || n % 7 FROM ${others}`,
    sql`INSERT INTO shop.invoices SELECT 'X-' || n, 'Customer ' || n FROM ${others}`,
    sql`INSERT INTO shop.customers_pii VALUES (${customerId}, ${email}, ${name})`,
    sql`INSERT INTO shop.orders VALUES (90001, ${customerId}, ${email}, 12), (90002, ${customerId}, NULL, 30)`,
    sql`INSERT INTO shop.visits VALUES (${customerId}, '/page/1'), (${customerId}, '/page/2'), (${customerId}, '/page/3')`,
    sql`INSERT INTO shop.invoices VALUES (${customerId}, ${name})`,
    // Who reads the warehouse; a role is the whole database's, and may be there from another demo.
    sql`DO $$ BEGIN CREATE ROLE analyst; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  ];
}
