import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { REQUEST_TABLE } from '../../core/ports/table-shapes.ts';
import type { RequestFilter, RequestPage } from '../../core/ports/request-store.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import { patiently, pauseBefore } from '../tables/retry.ts';
import {
  type Item,
  requestIdOf,
  requestKey,
  requestOf,
  subjectPartition,
  subjectSortKey,
} from './request-items.ts';
import type { WriteOptions } from './request-write.ts';

/** Where a page ended: newest first, then by id from the last to the first. */
interface Place {
  readonly receivedAt: number;
  readonly dsrId: string;
}

/** Requests looked at in one page before it answers what it has. */
const MOST_LOOKED_AT = 1_000;
/** Source: API reference, BatchGetItem: 100 items and 16 MB; what does not fit is asked for again. */
const READ_AT_ONCE = 100;
const MOST_READS_AGAIN = 20;

/** See RequestStore.list. Without a filter that passes requests over it reads no more than it answers. */
export async function listRequests(
  options: WriteOptions,
  filter: RequestFilter,
  limit: number,
  cursor: string | undefined,
): Promise<RequestPage> {
  const found: DsrRequest[] = [];
  let after = cursor === undefined ? undefined : readCursor(cursor);
  const passesOver = Object.keys(filter).some((name) => name !== 'subjectHash');
  for (let lookedAt = 0; lookedAt < MOST_LOOKED_AT;) {
    const most = passesOver ? READ_AT_ONCE : limit - found.length;
    const wanted = Math.min(most, READ_AT_ONCE, MOST_LOOKED_AT - lookedAt);
    const places = await placesAfter(options, filter.subjectHash, after, wanted);
    const requests = await readAll(options, places);
    for (const [at, place] of places.entries()) {
      const request = requests.get(place.dsrId);
      if (request !== undefined && meets(request, filter)) found.push(request);
      const isLast = places.length < wanted && at === places.length - 1;
      if (found.length === limit) {
        return isLast ? { requests: found } : { requests: found, cursor: writeCursor(place) };
      }
    }
    if (places.length < wanted) return { requests: found };
    lookedAt += places.length;
    after = places.at(-1);
  }
  return after === undefined
    ? { requests: found }
    : { requests: found, cursor: writeCursor(after) };
}

async function placesAfter(
  options: WriteOptions,
  subjectHash: string | undefined,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  return subjectHash === undefined
    ? placesByReceipt(options, after, limit)
    : placesBySubject(options, subjectHash, after, limit);
}

async function placesByReceipt(
  { client, tableName, patience }: WriteOptions,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const [, , byReceipt] = REQUEST_TABLE.indexes;
  const start = after && {
    ...requestKey(after.dsrId),
    listed: { S: 'all' },
    receivedAt: { N: String(after.receivedAt) },
  };
  const items = await queryUpTo(client, patience, limit, {
    TableName: tableName,
    IndexName: byReceipt.name,
    KeyConditionExpression: 'listed = :all',
    ExpressionAttributeValues: { ':all': { S: 'all' } },
    ScanIndexForward: false,
    ...(start !== undefined && { ExclusiveStartKey: start }),
  });
  return items.map((item) => ({
    receivedAt: Number(item['receivedAt']?.N),
    dsrId: requestIdOf(item) ?? '',
  }));
}

async function placesBySubject(
  { client, tableName, patience }: WriteOptions,
  hash: string,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const partition = subjectPartition(hash);
  const start = after && { pk: partition, sk: subjectSortKey(after.receivedAt, after.dsrId) };
  const items = await queryUpTo(client, patience, limit, {
    TableName: tableName,
    KeyConditionExpression: 'pk = :subject',
    ExpressionAttributeValues: { ':subject': partition },
    ScanIndexForward: false,
    ...(start !== undefined && { ExclusiveStartKey: start }),
  });
  return items.map((item) => {
    const [, received, dsrId] = /^(\d+)#(.*)$/s.exec(item['sk']?.S ?? '') ?? [];
    return { receivedAt: Number(received), dsrId: dsrId ?? '' };
  });
}

/** Answers of a query until there are `limit` or no more. */
export async function queryUpTo(
  client: DynamoDBClient,
  patience: WriteOptions['patience'],
  limit: number,
  query: QueryCommandInput,
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined = query.ExclusiveStartKey;
  do {
    const input = {
      ...query,
      ...(limit === Infinity ? {} : { Limit: limit - items.length }),
      ExclusiveStartKey: from,
    };
    const answer = await patiently(() => client.send(new QueryCommand(input)), patience);
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined && items.length < limit);
  return items;
}

async function readAll(
  { client, tableName, patience }: WriteOptions,
  places: readonly Place[],
): Promise<ReadonlyMap<string, DsrRequest>> {
  const requests = new Map<string, DsrRequest>();
  let left = [...new Set(places.map(({ dsrId }) => dsrId))].map(requestKey);
  for (let attempt = 1; left.length > 0; attempt++) {
    if (attempt > MOST_READS_AGAIN) throw new ListingError('DynamoDB reads no more items now');
    const batch = new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: left } } });
    const { Responses, UnprocessedKeys } = await patiently(() => client.send(batch), patience);
    const items = Responses?.[tableName] ?? [];
    for (const item of items) {
      const request = requestOf(item);
      if (request !== undefined) requests.set(request.dsrId, request);
    }
    left = UnprocessedKeys?.[tableName]?.Keys ?? [];
    // 16 MB at a time is no refusal: only what brought nothing waits.
    if (left.length > 0 && items.length === 0) await pauseBefore(attempt, patience);
  }
  return requests;
}

/** A listing could not be read to its end. */
class ListingError extends Error {
  override readonly name = 'ListingError';
}

function meets(request: DsrRequest, filter: RequestFilter): boolean {
  const { lifecycle, type, regime, controllerId, subjectHash, dueBefore } = filter;
  return (
    (lifecycle === undefined || lifecycle.includes(request.lifecycle)) &&
    (type === undefined || type === request.type) &&
    (regime === undefined || regime === request.regime) &&
    (controllerId === undefined || controllerId === request.controllerId) &&
    (subjectHash === undefined || request.subject.hashes.includes(subjectHash)) &&
    (dueBefore === undefined || request.clock.dueAt < dueBefore)
  );
}

function writeCursor({ receivedAt, dsrId }: Place): string {
  return Buffer.from(JSON.stringify([receivedAt, dsrId])).toString('base64url');
}

/** A cursor that we did not write begins at the start: it names nothing, and can do no harm. */
function readCursor(cursor: string): Place | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(place) || place.length !== 2) return undefined;
    const [receivedAt, dsrId] = place as unknown[];
    const isPlace =
      Number.isSafeInteger(receivedAt) &&
      (receivedAt as number) >= 0 &&
      typeof dsrId === 'string' &&
      dsrId.length > 0 &&
      dsrId.length <= 200;
    return isPlace ? { receivedAt: receivedAt as number, dsrId } : undefined;
  } catch {
    return undefined;
  }
}
