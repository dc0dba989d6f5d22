import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import type {
  RequestFilter,
  RequestPage,
  RequestStore,
  RequestWrite,
  RequestWriteOutcome,
} from '../../core/ports/request-store.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import type { Tables } from './open-tables.ts';

/** Newest first: times are negated. */
type ByReceipt = [minusReceivedAt: number, dsrId: string];
type BySubject = [subjectHash: string, minusReceivedAt: number, dsrId: string];
type ByWakeTime = [wakeAt: number, dsrId: string];

/** How many requests one page looks at before it answers what it has. */
const MOST_LOOKED_AT = 1_000;

/** The port RequestStore in the local tables: request, audit, claims and indexes in one transaction. */
export function lmdbRequestStore(tables: Tables): RequestStore {
  const requests = tables.table<DsrRequest, string>('requests');
  const audit = tables.table<AuditEntry, [string, number]>('audit');
  const claims = tables.table<string, string>('claims');
  const byReceipt = tables.table<true, ByReceipt>('requests-by-receipt');
  const bySubject = tables.table<true, BySubject>('requests-by-subject');
  const byWakeTime = tables.table<true, ByWakeTime>('requests-by-wake-time');
  const withOutbox = tables.table<true, string>('requests-with-outbox');

  const unindex = (old: DsrRequest): void => {
    byReceipt.removeSync([-old.receivedAt, old.dsrId]);
    for (const hash of old.subject.hashes) bySubject.removeSync([hash, -old.receivedAt, old.dsrId]);
    if (old.wakeAt !== undefined) byWakeTime.removeSync([old.wakeAt, old.dsrId]);
    withOutbox.removeSync(old.dsrId);
  };
  const index = (now: DsrRequest): void => {
    byReceipt.putSync([-now.receivedAt, now.dsrId], true);
    for (const hash of now.subject.hashes) {
      bySubject.putSync([hash, -now.receivedAt, now.dsrId], true);
    }
    if (now.wakeAt !== undefined) byWakeTime.putSync([now.wakeAt, now.dsrId], true);
    if (now.outbox.length > 0) withOutbox.putSync(now.dsrId, true);
  };

  const write = (given: RequestWrite): RequestWriteOutcome => {
    const { request, expectedVersion, claim = [], release = [] } = given;
    const stored = requests.get(request.dsrId);
    if ((stored?.version ?? 0) !== expectedVersion) return { kind: 'conflict' };
    for (const name of claim) {
      const by = claims.get(name);
      if (by !== undefined && by !== request.dsrId) return { kind: 'claimed', by };
    }
    if (stored !== undefined) unindex(stored);
    requests.putSync(request.dsrId, request);
    index(request);
    for (const entry of given.audit) audit.putSync([request.dsrId, entry.seq], entry);
    for (const name of release) if (claims.get(name) === request.dsrId) claims.removeSync(name);
    for (const name of claim) claims.putSync(name, request.dsrId);
    return { kind: 'saved' };
  };

  const newestFirst = function* (
    subjectHash: string | undefined,
    after: ByReceipt | undefined,
  ): Generator<ByReceipt> {
    if (subjectHash === undefined) {
      yield* byReceipt.getKeys({ start: after, exclusiveStart: after !== undefined });
      return;
    }
    const start: BySubject = [subjectHash, ...(after ?? ([-Infinity, ''] as const))];
    for (const [hash, ...key] of bySubject.getKeys({ start, exclusiveStart: true })) {
      if (hash !== subjectHash) return;
      yield key;
    }
  };

  return {
    save: (given) => Promise.resolve(tables.transact(() => write(given))),
    load: (dsrId) => Promise.resolve(requests.get(dsrId)),
    async *auditTrail(dsrId) {
      const range = audit.getRange({ start: [dsrId, 0], end: [dsrId, Infinity] });
      // Read at one moment: a chain read while it grows could look broken.
      yield* await Promise.resolve([...range.map(({ value }) => value)]);
    },
    list(filter, limit, cursor): Promise<RequestPage> {
      const found: DsrRequest[] = [];
      let lookedAt = 0;
      const after = cursor === undefined ? undefined : readCursor(cursor);
      for (const key of newestFirst(filter.subjectHash, after)) {
        const request = requests.get(key[1]);
        if (request !== undefined && meets(request, filter)) found.push(request);
        if (found.length === limit || ++lookedAt === MOST_LOOKED_AT) {
          return Promise.resolve({ requests: found, cursor: writeCursor(key) });
        }
      }
      return Promise.resolve({ requests: found });
    },
    dueForWaking: (now, limit) =>
      Promise.resolve([
        ...byWakeTime.getKeys({ end: [now, '\uffff'], limit }).map(([, dsrId]) => dsrId),
      ]),
    withOutbox: (limit) => Promise.resolve([...withOutbox.getKeys({ limit })]),
  };
}

function meets(request: DsrRequest, filter: RequestFilter): boolean {
  const dueAt = request.clock.dueAt;
  return (
    (filter.lifecycle === undefined || filter.lifecycle.includes(request.lifecycle)) &&
    (filter.type === undefined || filter.type === request.type) &&
    (filter.regime === undefined || filter.regime === request.regime) &&
    (filter.controllerId === undefined || filter.controllerId === request.controllerId) &&
    (filter.dueBefore === undefined || dueAt < filter.dueBefore)
  );
}

function writeCursor(key: ByReceipt): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** A cursor that we did not write begins at the start: it names nothing, and can do no harm. */
function readCursor(cursor: string): ByReceipt | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(key) || key.length !== 2) return undefined;
    const [minusReceivedAt, dsrId] = key as unknown[];
    return typeof minusReceivedAt === 'number' && typeof dsrId === 'string'
      ? [minusReceivedAt, dsrId]
      : undefined;
  } catch {
    return undefined;
  }
}
