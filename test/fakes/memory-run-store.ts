import type { ErasureOrder, ErasureOrders } from '../../lib/core/ports/erasure-orders.ts';
import type { RunStore } from '../../lib/core/ports/run-store.ts';
import type { Run, RunObject } from '../../lib/core/erasure/run/run.ts';

/** Runs in memory. */
export function memoryRunStore(): RunStore {
  const runs = new Map<string, Run>();
  const objects = new Map<string, Map<string, RunObject>>();
  return {
    load: (runId) => Promise.resolve(structuredClone(runs.get(runId))),
    save: (run) => {
      if ((runs.get(run.runId)?.version ?? 0) !== run.version - 1)
        return Promise.resolve('conflict');
      runs.set(run.runId, structuredClone(run));
      return Promise.resolve('saved');
    },
    async *undoable() {
      for (const run of runs.values()) {
        if (run.undo === 'open') yield await Promise.resolve(structuredClone(run));
      }
    },
    object: (runId, key) => Promise.resolve(structuredClone(objects.get(runId)?.get(key))),
    putObject: (runId, record) => {
      const ofRun = objects.get(runId) ?? new Map<string, RunObject>();
      objects.set(runId, ofRun.set(record.key, structuredClone(record)));
      return Promise.resolve();
    },
    async *objects(runId, batch) {
      for (const record of [...(objects.get(runId)?.values() ?? [])]) {
        if (record.batch === batch) yield await Promise.resolve(structuredClone(record));
      }
    },
  };
}

/** Orders in memory. */
export function memoryErasureOrders(): ErasureOrders {
  const orders = new Map<string, ErasureOrder>();
  return {
    load: (orderId) => Promise.resolve(structuredClone(orders.get(orderId))),
    save: (order) => {
      const known = orders.get(order.orderId)?.version ?? 0;
      if (known !== order.version - 1) return Promise.resolve('conflict');
      orders.set(order.orderId, structuredClone(order));
      return Promise.resolve('saved');
    },
    async *open() {
      const open = [...orders.values()].filter(({ criteria }) => criteria !== undefined);
      for (const order of open.sort((a, b) => a.receivedAt - b.receivedAt)) {
        yield await Promise.resolve(structuredClone(order));
      }
    },
  };
}
