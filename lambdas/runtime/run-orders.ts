import type { RunDependencies } from '../../lib/core/erasure/run/dependencies.ts';
import type { RunCriteria } from '../../lib/core/erasure/run/run-criteria.ts';
import type { RunRequest } from '../../lib/core/erasure/run/run.ts';
import { closeOrder, openRunCriteria } from '../../lib/core/erasure/run/sealed-orders.ts';
import { takeOrders, type ServedArchive } from '../../lib/core/erasure/run/serve-orders.ts';
import type { ErasureOrder, ErasureOrders } from '../../lib/core/ports/erasure-orders.ts';

export type OrderDependencies = RunDependencies & { readonly orders: ErasureOrders };

/** A worker was told of a run whose orders are closed: it has ended. */
class RunOrdersGone extends Error {
  override readonly name = 'RunOrdersGone';
}

/** What waits to be erased, as a run: that which was begun and has not ended, or a new one. */
export async function collectOrders(
  deps: OrderDependencies,
  { store, settings }: ServedArchive,
): Promise<RunRequest | undefined> {
  const orders = await takeOrders(deps, store);
  const runId = orders[0]?.runId;
  if (runId === undefined) return undefined;
  const opened = await openRunCriteria(deps, deps.hashKey, orders);
  return { ...settings, runId, orders: opened.orders };
}

/** Forgets whom a run was about, once it has ended. Twice is once. */
export async function closeOrders(deps: OrderDependencies, runId: string): Promise<void> {
  for (const order of await ordersOf(deps, runId)) await closeOrder(deps, order);
}

/** Whose rows a run is about, opened once for all batches of this process. */
export function rememberCriteria(deps: OrderDependencies): (runId: string) => Promise<RunCriteria> {
  let known: { runId: string; criteria: Promise<RunCriteria> } | undefined;
  const open = async (runId: string): Promise<RunCriteria> => {
    const orders = await ordersOf(deps, runId);
    if (orders.length === 0) throw new RunOrdersGone('the orders of the run are closed');
    return (await openRunCriteria(deps, deps.hashKey, orders)).criteria;
  };
  return (runId) => {
    if (known?.runId !== runId) {
      const criteria = open(runId);
      known = { runId, criteria };
      criteria.catch(() => {
        if (known?.criteria === criteria) known = undefined;
      });
    }
    return known.criteria;
  };
}

async function ordersOf({ orders }: OrderDependencies, runId: string): Promise<ErasureOrder[]> {
  const found: ErasureOrder[] = [];
  for await (const order of orders.open()) if (order.runId === runId) found.push(order);
  return found;
}
