import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Run, RunObject } from '../../lib/core/erasure/run/run.ts';
import type { ErasureOrder, ErasureOrders } from '../../lib/core/ports/erasure-orders.ts';
import type { RunStore } from '../../lib/core/ports/run-store.ts';

/** Stores of an adapter, empty. */
export interface RunStoreUnderTest {
  runs: RunStore;
  orders: ErasureOrders;
  close?(): Promise<void>;
}

const run: Run = {
  ...{ runId: 'run-1', version: 1, state: 'planning', places: [{ prefix: 'a/', format: 'auto' }] },
  ...{ orders: [], maximumProportion: 1, drain: 0, undoWindow: 5, startedAt: 1, settleUntil: 1 },
  ...{ undo: 'open', undoUntil: 6, batches: 0, round: 0 },
};

const record = (key: string, batch: number): RunObject => ({
  ...{ key, place: 0, batch, state: 'planned', versions: [], rewritings: [] },
});

const order: ErasureOrder = {
  ...{ orderId: 'dsr/store', version: 1, store: 'store', attempt: 1, receivedAt: 7 },
  criteria: { alg: 'A256GCM', nonce: 'n', ciphertext: 'c', tag: 't' },
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Registers the suite that every adapter of RunStore and ErasureOrders passes. */
export function runStoreContract(adapter: string, make: () => Promise<RunStoreUnderTest>): void {
  describe(`${adapter} keeps the contract of RunStore`, () => {
    let under: RunStoreUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('saves a run only in the place of the version that was read', async () => {
      const { runs } = under;
      expect(await runs.load('run-1')).toBeUndefined();
      expect(await runs.save({ ...run, version: 2 })).toBe('conflict');
      expect(await runs.save(run)).toBe('saved');
      expect(await runs.save(run)).toBe('conflict');
      expect(await runs.save({ ...run, version: 2, state: 'working' })).toBe('saved');
      expect(await runs.load('run-1')).toEqual({ ...run, version: 2, state: 'working' });
    });

    it('names the runs whose undo window is open', async () => {
      const { runs } = under;
      await runs.save(run);
      await runs.save({ ...run, runId: 'run-2', undo: 'none' });
      expect((await all(runs.undoable())).map(({ runId }) => runId)).toEqual(['run-1']);
      await runs.save({ ...run, version: 2, undo: 'expired' });
      expect(await all(runs.undoable())).toEqual([]);
    });

    it('gives each batch its own objects, whatever their keys look like', async () => {
      const { runs } = under;
      const keys = ['a', 'a/b', 'é', '😀', 'n'.repeat(1024), 'with\u0000nul'];
      for (const [at, key] of keys.entries()) await runs.putObject('run-1', record(key, at % 2));
      await runs.putObject('run-2', record('a', 0));
      const inBatch = async (batch: number) =>
        (await all(runs.objects('run-1', batch))).map(({ key }) => key).sort();
      expect(await inBatch(0)).toEqual(['a', 'é', 'n'.repeat(1024)].sort());
      expect(await inBatch(1)).toEqual(['a/b', '😀', 'with\u0000nul'].sort());
      expect(await inBatch(2)).toEqual([]);
    });

    it('puts a record in the place of that of its key', async () => {
      const { runs } = under;
      await runs.putObject('run-1', record('a', 0));
      await runs.putObject('run-1', { ...record('a', 0), state: 'clean' });
      expect(await runs.object('run-1', 'a')).toMatchObject({ state: 'clean' });
      expect(await all(runs.objects('run-1', 0))).toHaveLength(1);
      expect(await runs.object('run-2', 'a')).toBeUndefined();
    });

    it('moves an object that is planned anew in another batch', async () => {
      const { runs } = under;
      await runs.putObject('run-1', record('a', 0));
      await runs.putObject('run-1', record('a', 3));
      expect(await all(runs.objects('run-1', 0))).toEqual([]);
      expect(await all(runs.objects('run-1', 3))).toHaveLength(1);
    });

    it('puts hundreds of records at once, each in the place of that of its key', async () => {
      const { runs } = under;
      const keys = Array.from({ length: 260 }, (_, at) => `many/${at}`);
      await runs.putObject('run-1', record('many/3', 9));
      await runs.putObjects(
        'run-1',
        keys.map((key, at) => record(key, at % 3)),
      );
      expect(await all(runs.objects('run-1', 9))).toEqual([]);
      const inBatch = async (batch: number) => (await all(runs.objects('run-1', batch))).length;
      expect([await inBatch(0), await inBatch(1), await inBatch(2)]).toEqual([87, 87, 86]);
      // Dealt anew: nothing stays where it was.
      await runs.putObjects(
        'run-1',
        keys.map((key) => ({ ...record(key, 4), state: 'clean' as const })),
      );
      expect([await inBatch(0), await inBatch(1), await inBatch(4)]).toEqual([0, 0, 260]);
      expect(await runs.object('run-1', 'many/3')).toEqual({
        ...record('many/3', 4),
        state: 'clean',
      });
      await runs.putObjects('run-1', []);
    });

    it('answers many records by their keys, and nothing of those that are not there', async () => {
      const { runs } = under;
      const keys = Array.from({ length: 230 }, (_, at) => `many/${at}/é`);
      await runs.putObjects(
        'run-1',
        keys.slice(0, 215).map((key, at) => record(key, at % 7)),
      );
      const found = await runs.objectsOf('run-1', keys);
      expect(found.size).toBe(215);
      expect(found.get('many/8/é')).toEqual(record('many/8/é', 1));
      expect(await runs.objectsOf('run-2', keys)).toEqual(new Map());
      expect(await runs.objectsOf('run-1', [])).toEqual(new Map());
    });

    it('keeps orders open while they hold criteria, oldest first', async () => {
      const { orders } = under;
      const { orderId, version, store, attempt, receivedAt } = order;
      const closed = { orderId, version, store, attempt, receivedAt };
      expect(await orders.save(order)).toBe('saved');
      expect(await orders.save(order)).toBe('conflict');
      await orders.save({ ...order, orderId: 'older', receivedAt: 3 });
      expect((await all(orders.open())).map((each) => each.orderId)).toEqual([
        'older',
        'dsr/store',
      ]);
      expect(await orders.save({ ...closed, version: 2, runId: 'run-1' })).toBe('saved');
      expect((await all(orders.open())).map((each) => each.orderId)).toEqual(['older']);
      expect(await orders.load('dsr/store')).toEqual({ ...closed, version: 2, runId: 'run-1' });
    });
  });
}
