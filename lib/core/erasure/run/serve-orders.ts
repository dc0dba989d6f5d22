import { Buffer } from 'node:buffer';

import type { ErasureOrder, ErasureOrders } from '../../ports/erasure-orders.ts';
import type { RunDependencies } from './dependencies.ts';
import { driveRun } from './drive-run.ts';
import type { Run, RunRequest } from './run.ts';
import { closeOrder, openRunCriteria } from './sealed-orders.ts';

/** One archive of the data map, and how it is worked on. */
export interface ServedArchive {
  /** Its name in the data map. */
  readonly store: string;
  readonly settings: Pick<RunRequest, 'places' | 'maximumProportion' | 'drain' | 'undoWindow'>;
}

/** Orders of one run; further ones wait for the next. */
const MOST_ORDERS = 500;

type OrderDependencies = RunDependencies & { readonly orders: ErasureOrders };

/**
 * Serves the orders of an archive that are open: one run for all that wait, or the one that was begun
 * before. Answers when it is to be asked again, ms since the epoch; undefined when nothing is open.
 */
export async function serveOrders(
  deps: OrderDependencies,
  { store, settings }: ServedArchive,
): Promise<number | undefined> {
  const orders = await takeOrders(deps, store);
  const runId = orders[0]?.runId;
  if (runId === undefined) return undefined;
  // The keys of an ended run's orders may be gone already: they are only to be closed.
  if (!isEnded(await deps.runs.load(runId))) {
    const opened = await openRunCriteria(deps, deps.hashKey, orders);
    const request = { ...settings, runId, orders: opened.orders };
    const outcome = await driveRun(deps, opened.criteria, request);
    if (outcome.kind === 'waiting') return outcome.until;
  }
  for (const order of orders) await closeOrder(deps, order);
  return deps.clock.now();
}

function isEnded(run: Run | undefined): boolean {
  return run !== undefined && run.state !== 'planning' && run.state !== 'working';
}

/** The orders of the run that was begun and has not ended; else all that wait, given to a new one. */
export async function takeOrders(
  { orders, random }: Pick<OrderDependencies, 'orders' | 'random'>,
  store: string,
): Promise<readonly ErasureOrder[]> {
  const waiting: ErasureOrder[] = [];
  const begun: ErasureOrder[] = [];
  for await (const order of orders.open()) {
    if (order.store !== store) continue;
    if (order.runId === undefined) {
      if (waiting.length < MOST_ORDERS) waiting.push(order);
    } else if (order.runId === (begun[0] ?? order).runId) begun.push(order);
  }
  if (begun.length > 0) return begun;
  const runId = `run-${Buffer.from(random.bytes(9)).toString('hex')}`;
  const taken: ErasureOrder[] = [];
  for (const order of waiting) {
    const next = { ...order, runId, version: order.version + 1 };
    if ((await orders.save(next)) === 'saved') taken.push(next);
  }
  return taken;
}
