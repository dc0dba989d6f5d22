import type {
  CancellationReason,
  DynamoDBClient,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { RequestWrite, RequestWriteOutcome } from '../../core/ports/request-store.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import { writeBatches } from '../tables/batches.ts';
import type { Patience } from '../tables/retry.ts';
import { isRefused, transact } from '../tables/transact.ts';
import {
  auditItem,
  claimKey,
  requestItem,
  subjectPartition,
  subjectSortKey,
  subjectsOf,
} from './request-items.ts';

export interface WriteOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly patience: Patience;
}

/**
 * Writes a request with its audit entries and names, all or nothing. What the outcome rests on is
 * what the transaction itself was told, never a look before or after it.
 */
export async function writeRequest(
  options: WriteOptions,
  write: RequestWrite,
): Promise<RequestWriteOutcome> {
  const { request, expectedVersion } = write;
  // Pointers come first: a search may find one too many, and passes over it, but never one too few.
  let arePointersThere = expectedVersion === 0;
  if (arePointersThere) await pointAt(options, request);
  // An item stands in a transaction once.
  const claim = [...new Set(write.claim)];
  let release = [...new Set(write.release)].filter((name) => !claim.includes(name));
  for (;;) {
    const items = itemsOf(options.tableName, { ...write, claim, release }, arePointersThere);
    const outcome = await transact(options.client, items, options.patience);
    if (outcome.kind === 'written') return { kind: 'saved' };
    if (outcome.kind === 'contended') return { kind: 'conflict' };
    const refused = readRefusal(outcome.reasons, { ...write, claim }, release);
    if (refused.kind === 'new-subjects' && !arePointersThere) {
      await pointAt(options, request);
      arePointersThere = true;
    } else if (refused.kind === 'not-ours') {
      release = refused.release;
    } else {
      return refused.kind === 'claimed' ? refused : { kind: 'conflict' };
    }
  }
}

/** In the order in which {@link readRefusal} reads the answer: request, audit, claims, releases. */
function itemsOf(
  TableName: string,
  { request, expectedVersion, audit, claim = [], release = [] }: RequestWrite,
  arePointersThere: boolean,
): TransactWriteItem[] {
  const { dsrId } = request;
  const isNew = expectedVersion === 0;
  const own = { ':own': { S: dsrId } };
  const version = { ':version': { N: String(expectedVersion) } };
  const subjects = { ':subjects': { S: subjectsOf(request) } };
  return [
    {
      Put: {
        TableName,
        Item: requestItem(request),
        ConditionExpression: isNew
          ? 'attribute_not_exists(pk)'
          : `version = :version${arePointersThere ? '' : ' AND subjects = :subjects'}`,
        ...(!isNew && {
          ExpressionAttributeValues: { ...version, ...(arePointersThere ? {} : subjects) },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      },
    },
    ...audit.map((entry) => ({
      Put: {
        TableName,
        Item: auditItem(entry),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    })),
    ...claim.map((name) => ({
      Put: {
        TableName,
        Item: { ...claimKey(name), by: { S: dsrId } },
        ConditionExpression: 'attribute_not_exists(pk) OR #by = :own',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: own,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    })),
    ...release.map((name) => ({
      Delete: {
        TableName,
        Key: claimKey(name),
        ConditionExpression: 'attribute_not_exists(pk) OR #by = :own',
        ExpressionAttributeNames: { '#by': 'by' },
        ExpressionAttributeValues: own,
      },
    })),
  ];
}

type Refusal =
  | Exclude<RequestWriteOutcome, { kind: 'saved' }>
  /** The version is right, but other hashes point at the request than did before. */
  | { readonly kind: 'new-subjects' }
  /** Names were to be released that others hold; these are left. */
  | { readonly kind: 'not-ours'; readonly release: string[] };

function readRefusal(
  reasons: readonly CancellationReason[],
  { audit, claim = [], expectedVersion }: RequestWrite,
  release: readonly string[],
): Refusal {
  const [request, ...others] = reasons;
  if (isRefused(request)) {
    const isOnlySubjects = request?.Item?.['version']?.N === String(expectedVersion);
    return isOnlySubjects ? { kind: 'new-subjects' } : { kind: 'conflict' };
  }
  const claims = others.slice(audit.length, audit.length + claim.length);
  const held = claims.find(isRefused)?.Item?.['by']?.S;
  if (held !== undefined) return { kind: 'claimed', by: held };
  const releases = others.slice(audit.length + claim.length);
  if (releases.some(isRefused)) {
    return { kind: 'not-ours', release: release.filter((_, at) => !isRefused(releases[at])) };
  }
  return { kind: 'conflict' };
}

/** Lets every hash of the request's subject lead to it. Twice is once. */
async function pointAt(
  { client, tableName, patience }: WriteOptions,
  { dsrId, receivedAt, subject }: DsrRequest,
): Promise<void> {
  const pointers = [...new Set(subject.hashes)].map((hash) => ({
    PutRequest: {
      Item: { pk: subjectPartition(hash), sk: subjectSortKey(receivedAt, dsrId) },
    },
  }));
  await writeBatches({ client, tableName, patience }, pointers);
}
