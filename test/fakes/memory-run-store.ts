import type { ErasureOrder, ErasureOrders } from '../../lib/core/ports/erasure-orders.ts';
import type { RunStore } from '../../lib/core/ports/run-store.ts';
import type { Run, RunObject } from '../../lib/core/erasure/run/run.ts';

/** Runs in memory. */
export function memoryRunStore(): RunStore {
  const runs = new Map<string, Run>();
  const objects = new Map<string, Map<string, RunObject>>();
  /** The same records, by batch. */
  const batches = new Map<string, Map<string, RunObject>>();
  const put = (runId: string, given: RunObject): void => {
    const record = structuredClone(given);
    const ofRun = objects.get(runId) ?? new Map<string, RunObject>();
    const known = ofRun.get(record.key);
    if (known !== undefined && known.batch !== record.batch) {
      batches.get(`${known.batch} ${runId}`)?.delete(record.key);
    }
    objects.set(runId, ofRun.set(record.key, record));
    const name = `${record.batch} ${runId}`;
    const ofBatch = batches.get(name) ?? new Map<string, RunObject>();
    batches.set(name, ofBatch.set(record.key, record));
  };
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
      put(runId, record);
      return Promise.resolve();
    },
    putObjects: (runId, records) => {
      for (const record of records) put(runId, record);
      return Promise.resolve();
    },
    objectsOf: (runId, keys) =>
      Promise.resolve(
        new Map(
          keys.flatMap((key) => {
            const record = objects.get(runId)?.get(key);
            return record === undefined ? [] : [[key, structuredClone(record)] as const];
          }),
        ),
      ),
    async *objects(runId, batch) {
      for (const record of [...(batches.get(`${batch} ${runId}`)?.values() ?? [])]) {
        yield await Promise.resolve(structuredClone(record));
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
