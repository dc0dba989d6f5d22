import type { Run, RunObject } from '../erasure/run/run.ts';

/**
 * Where archive runs keep what they know: a run is one record, each object of it another. No personal
 * data but what keys of objects hold. Reads see every write before.
 */
export interface RunStore {
  load(runId: string): Promise<Run | undefined>;
  /** Writes a run whose `version` is that which was read plus 1 (1: there is none yet). */
  save(run: Run): Promise<'saved' | 'conflict'>;
  /** Runs whose undo window is open. */
  undoable(): AsyncIterable<Run>;
  object(runId: string, key: string): Promise<RunObject | undefined>;
  /** Puts a record in the place of that of the same key. A batch has one worker at a time. */
  putObject(runId: string, record: RunObject): Promise<void>;
  /**
   * Puts many records, of different keys, as `putObject` does each. A call that fails may have put
   * some of them, and one that was to move may be in neither batch: it is to be made again.
   */
  putObjects(runId: string, records: readonly RunObject[]): Promise<void>;
  /** Those records of different keys that are there, by key. */
  objectsOf(runId: string, keys: readonly string[]): Promise<ReadonlyMap<string, RunObject>>;
  /** Records of a batch, in any order; one that is put meanwhile may come or not. */
  objects(runId: string, batch: number): AsyncIterable<RunObject>;
}
