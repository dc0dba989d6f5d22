import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import type { ChangeEvent, ServiceRecord, TaskEntry } from '../../core/ports/record-table.ts';
import type { Identity } from '../../core/requests/model/request.ts';

export type Item = Record<string, AttributeValue>;

/**
 * The table of a sample service, keys `pk` and `sk`. Four kinds of items:
 * - `record#<store>#<id>` / `record`: a record as JSON in `body`, its number of writes in `version`.
 * - `identity#<store>#<hash>` / `<id>`: a pointer from an identity to a record. The hash bounds the
 *   key's length (2,048 bytes); it hides nothing, and needn't: the records lie beside it.
 * - `task#<key>` / `task`: what is remembered of a task, as JSON in `body`.
 * - `event#<id>` / `event`: a change event as JSON in `body`, for the table's stream; lapses after it.
 */
const EVENT_KEPT_SECONDS = 2 * 24 * 3600;

export function recordKey(store: string, id: string): Item {
  return { pk: { S: `record#${store}#${id}` }, sk: { S: 'record' } };
}

export function recordItem(record: ServiceRecord): Item {
  return { ...recordKey(record.store, record.id), ...versioned(record.version, record) };
}

export function recordOf(item: Item | undefined): ServiceRecord | undefined {
  return item === undefined ? undefined : (readBody(item) as ServiceRecord);
}

export function pointerPartition(
  store: string,
  { identifier, value }: Identity,
): AttributeValue.SMember {
  const hash = createHash('sha256').update(`${identifier}\n${value}`).digest('base64url');
  return { S: `identity#${store}#${hash}` };
}

export function pointerKey(store: string, identity: Identity, id: string): Item {
  return { pk: pointerPartition(store, identity), sk: { S: id } };
}

export function entryKey(key: string): Item {
  return { pk: { S: `task#${key}` }, sk: { S: 'task' } };
}

export function entryItem(entry: TaskEntry): Item {
  return { ...entryKey(entry.key), ...versioned(entry.version, entry) };
}

export function entryOf(item: Item | undefined): TaskEntry | undefined {
  return item === undefined ? undefined : (readBody(item) as TaskEntry);
}

export function eventItem(event: ChangeEvent): Item {
  return {
    pk: { S: `event#${event.eventId}` },
    sk: { S: 'event' },
    body: { S: JSON.stringify(event) },
    expiresAt: { N: String(Math.ceil(event.at / 1_000) + EVENT_KEPT_SECONDS) },
  };
}

/** The change event that an item of the table is; undefined for items of other kinds. */
export function changeEventOf(item: Item): ChangeEvent | undefined {
  return item['pk']?.S?.startsWith('event#') === true ? (readBody(item) as ChangeEvent) : undefined;
}

function versioned(version: number, body: unknown): Item {
  return { version: { N: String(version) }, body: { S: JSON.stringify(body) } };
}

function readBody(item: Item): unknown {
  const body = item['body']?.S;
  if (body === undefined)
    throw new TypeError('The table of a service holds an item without a body');
  return JSON.parse(body) as unknown;
}
