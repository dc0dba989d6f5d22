import { createHash } from 'node:crypto';

import type { Run, RunObject } from '../../core/erasure/run/run.ts';
import type { RunStore } from '../../core/ports/run-store.ts';
import type { Tables } from '../tables/open-tables.ts';

/** The port RunStore in the local tables. */
export function lmdbRunStore(tables: Tables): RunStore {
  const runs = tables.table<Run, string>('archive-runs');
  const objects = tables.table<RunObject, [runId: string, hash: string]>('archive-run-objects');
  const batches = tables.table<number, [runId: string, batch: number, hash: string]>(
    'archive-run-batches',
  );
  /** Within a transaction. */
  const place = (runId: string, record: RunObject): void => {
    const hash = hashOf(record.key);
    const known = objects.get([runId, hash]);
    if (known !== undefined && known.batch !== record.batch) {
      batches.removeSync([runId, known.batch, hash]);
    }
    objects.putSync([runId, hash], record);
    batches.putSync([runId, record.batch, hash], 1);
  };
  return {
    load: (runId) => Promise.resolve(runs.get(runId)),
    save: (run) =>
      Promise.resolve(
        tables.transact(() => {
          if ((runs.get(run.runId)?.version ?? 0) !== run.version - 1) return 'conflict';
          runs.putSync(run.runId, run);
          return 'saved';
        }),
      ),
    async *undoable() {
      for (const { value } of [...runs.getRange({})]) {
        if (value.undo === 'open') yield await Promise.resolve(value);
      }
    },
    object: (runId, key) => Promise.resolve(objects.get([runId, hashOf(key)])),
    putObject: (runId, record) => {
      tables.transact(() => {
        place(runId, record);
      });
      return Promise.resolve();
    },
    putObjects: (runId, records) => {
      tables.transact(() => {
        for (const record of records) place(runId, record);
      });
      return Promise.resolve();
    },
    objectsOf: (runId, keys) =>
      Promise.resolve(
        new Map(
          keys.flatMap((key) => {
            const record = objects.get([runId, hashOf(key)]);
            return record === undefined ? [] : [[key, record] as const];
          }),
        ),
      ),
    async *objects(runId, batch) {
      const range = { start: [runId, batch, ''] as const, end: [runId, batch, '\uffff'] as const };
      const keys = [...batches.getKeys(range as never)];
      for (const [, , hash] of keys) {
        const record = objects.get([runId, hash]);
        if (record !== undefined) yield await Promise.resolve(record);
      }
    },
  };
}

/** LMDB's keys are shorter than S3's. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
