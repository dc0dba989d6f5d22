import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import { projectRecord } from '../../core/requests/state/project-record.ts';

export type Item = Record<string, AttributeValue>;

/**
 * The table of requests (REQUEST_TABLE in core/ports/table-shapes.ts). Four kinds of items:
 * - `request#<dsrId>` / `request`: the aggregate as JSON in `body`, and beside it the published
 *   record (`DSR_ID`, `Tasks`, `OverallStatus`, `LastUpdated`), for whoever looks in the console.
 * - `audit#<dsrId>` / `<number>`: one entry of its audit chain as JSON in `body`.
 * - `claim#<name>` / `claim`: a name held by the request in `by`.
 * - `subject#<hash>` / `<received>#<dsrId>`: where to look for a subject's requests. Written before the
 *   request, so one may point at a request that does not name the subject, but none is missing.
 */
const SHARDS = 8;
/** Numbers compare as text when equally long. */
const DIGITS = 16;
/** Room below the item's 400 KB for keys, indexes and the published record. */
const LARGEST_BODY = 300 * 1024;

/** A request that the table cannot hold; nothing was written. */
class RequestTooLargeError extends Error {
  override readonly name = 'RequestTooLargeError';
}

export function requestKey(dsrId: string): Item {
  return { pk: { S: `request#${dsrId}` }, sk: { S: 'request' } };
}

export function auditPartition(dsrId: string): AttributeValue.SMember {
  return { S: `audit#${dsrId}` };
}

export function claimKey(name: string): Item {
  return { pk: { S: `claim#${name}` }, sk: { S: 'claim' } };
}

export function subjectPartition(hash: string): AttributeValue.SMember {
  return { S: `subject#${hash}` };
}

export function subjectSortKey(receivedAt: number, dsrId: string): AttributeValue.SMember {
  return { S: `${padded(receivedAt)}#${dsrId}` };
}

/** Of an index that few items stand in and that is asked as a whole, in `SHARDS` questions. */
export function shards(index: 'wake' | 'outbox'): readonly string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `${index}#${shard}`);
}

/** @throws {RequestTooLargeError} */
export function requestItem(request: DsrRequest): Item {
  const { dsrId, version, receivedAt, updatedAt, wakeAt, outbox } = request;
  const body = JSON.stringify(request);
  if (Buffer.byteLength(body) > LARGEST_BODY) {
    throw new RequestTooLargeError(`Request ${dsrId} is over ${LARGEST_BODY} bytes`);
  }
  const { DSR_ID, Tasks, OverallStatus, LastUpdated } = projectRecord(request);
  const shard = shardOf(dsrId);
  return {
    ...requestKey(dsrId),
    version: { N: String(version) },
    body: { S: body },
    subjects: { S: subjectsOf(request) },
    DSR_ID: { S: DSR_ID },
    Tasks: {
      L: Tasks.map(({ TaskName, Status }) => ({
        M: { TaskName: { S: TaskName }, Status: { S: Status } },
      })),
    },
    OverallStatus: { S: OverallStatus },
    LastUpdated: { S: LastUpdated },
    listed: { S: 'all' },
    receivedAt: { N: String(receivedAt) },
    ...(wakeAt !== undefined && {
      wakeShard: { S: `wake#${shard}` },
      wakeAt: { N: String(wakeAt) },
    }),
    ...(outbox.length > 0 && {
      outboxShard: { S: `outbox#${shard}` },
      outboxSince: { N: String(updatedAt) },
    }),
  };
}

/** Equal for requests that the same hashes point at. */
export function subjectsOf({ subject }: DsrRequest): string {
  const sorted = [...new Set(subject.hashes)].sort();
  return createHash('sha256').update(sorted.join(' ')).digest('base64url');
}

export function auditItem(entry: AuditEntry): Item {
  const key = { pk: auditPartition(entry.dsrId), sk: { S: padded(entry.seq) } };
  return { ...key, body: { S: JSON.stringify(entry) } };
}

/** The request of an item; undefined for items of other kinds. */
export function requestOf(item: Item | undefined): DsrRequest | undefined {
  if (item?.['sk']?.S !== 'request') return undefined;
  return JSON.parse(bodyOf(item)) as DsrRequest;
}

/** The id of the request that an item of the table is; undefined for items of other kinds. */
export function requestIdOf(item: Item): string | undefined {
  const partition = item['pk']?.S;
  return item['sk']?.S === 'request' && partition?.startsWith('request#') === true
    ? partition.slice('request#'.length)
    : undefined;
}

/** The audit entry that an item of the table is; undefined for items of other kinds. */
export function auditEntryOf(item: Item): AuditEntry | undefined {
  return item['pk']?.S?.startsWith('audit#') === true
    ? (JSON.parse(bodyOf(item)) as AuditEntry)
    : undefined;
}

function bodyOf(item: Item): string {
  const body = item['body']?.S;
  if (body === undefined) throw new TypeError('The table of requests holds an item without a body');
  return body;
}

function padded(number: number): string {
  return String(number).padStart(DIGITS, '0');
}

/** FNV-1a: any spread will do, and it must never change. */
function shardOf(dsrId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < dsrId.length; at++) {
    hash = Math.imul(hash ^ dsrId.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % SHARDS;
}
