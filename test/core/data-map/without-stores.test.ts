import { expect, test } from 'vitest';
import { erasureOrder } from '../../../lib/core/data-map/erasure-order.ts';
import { withoutStores } from '../../../lib/core/data-map/without-stores.ts';
import { planTasks } from '../../../lib/core/requests/state/plan-tasks.ts';
import { WAREHOUSE_MAP } from '../warehouse/warehouse-fixture.ts';

const without = withoutStores(WAREHOUSE_MAP, ['tickets-table', 'invoices-table', 'nobody']);

test('stores that are left out take no part in any request, and all others do', () => {
  for (const type of ['access', 'erasure', 'restriction', 'rectification'] as const) {
    const names = planTasks(without, type, 0).map(({ taskId }) => taskId);
    expect(names).toEqual(['customers-table', 'orders-table']);
  }
});

test('what comes after a store that is left out comes after what that one came after', () => {
  const customers = planTasks(without, 'erasure', 0).find(
    ({ taskId }) => taskId === 'customers-table',
  );
  expect(customers!.after).toEqual(['orders-table']);
  expect(erasureOrder(without)).toEqual(erasureOrder(WAREHOUSE_MAP));
});

test('the data map itself stays as it was, and is the same where nothing is left out', () => {
  expect(withoutStores(WAREHOUSE_MAP, [])).toBe(WAREHOUSE_MAP);
  expect(WAREHOUSE_MAP.stores['tickets-table']!.fields).toHaveLength(1);
});
