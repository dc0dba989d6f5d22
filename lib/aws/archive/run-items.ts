import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import type { Run, RunObject } from '../../core/erasure/run/run.ts';

export type Item = Record<string, AttributeValue>;

/**
 * The table of archive runs, keys `pk` and `sk`; everything as JSON in `body`:
 * - `run#<run>` / `run`: a run, its number of writes in `version`.
 * - `undoable` / `<run>`: that the undo window of a run is open; written with the run.
 * - `batch#<run>#<batch>` / `<key's hash>`: an object of a run.
 * - `object#<run>#<key's hash>` / `batch`: in which batch an object is. Objects are spread over as many
 *   partitions as there are, and read back batch by batch without an index that lags behind.
 */
export const UNDOABLE = 'undoable';

export function runKey(runId: string): Item {
  return { pk: { S: `run#${runId}` }, sk: { S: 'run' } };
}

export function runItem(run: Run): Item {
  return { ...runKey(run.runId), version: { N: String(run.version) }, body: bodyOf(run) };
}

export function undoableKey(runId: string): Item {
  return { pk: { S: UNDOABLE }, sk: { S: runId } };
}

export function batchPartition(runId: string, batch: number): AttributeValue.SMember {
  return { S: `batch#${runId}#${batch}` };
}

export function objectKey(runId: string, batch: number, key: string): Item {
  return { pk: batchPartition(runId, batch), sk: { S: hashOf(key) } };
}

export function objectItem(runId: string, record: RunObject): Item {
  return { ...objectKey(runId, record.batch, record.key), body: bodyOf(record) };
}

/** Keys of objects are longer than keys of items may be. */
export function placeKey(runId: string, key: string): Item {
  return { pk: { S: `object#${runId}#${hashOf(key)}` }, sk: { S: 'batch' } };
}

export function placeItem(runId: string, { key, batch }: RunObject): Item {
  return { ...placeKey(runId, key), batch: { N: String(batch) } };
}

export function batchOf(item: Item | undefined): number | undefined {
  const text = item?.['batch']?.N;
  return text === undefined ? undefined : Number(text);
}

export function runOf(item: Item): Run {
  return read(item) as Run;
}

export function objectOf(item: Item): RunObject {
  return read(item) as RunObject;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function bodyOf(value: object): AttributeValue {
  return { S: JSON.stringify(value) };
}

function read(item: Item): unknown {
  const body = item['body']?.S;
  if (body === undefined)
    throw new TypeError('the table of archive runs holds an item without a body');
  return JSON.parse(body) as unknown;
}
