import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import type {
  RequestFilter,
  RequestPage,
  RequestStore,
  RequestWrite,
  RequestWriteOutcome,
} from '../../core/ports/request-store.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import { Heap } from '../heap.ts';

interface Row {
  /** As text, so that nobody can change what was stored, and that it proves to be plain data. */
  readonly json: string;
  readonly version: number;
  readonly wakeAt: number | undefined;
  /** Read out of the text at the first load, for as long as the row stands. */
  parsed?: DsrRequest | undefined;
}

/** A write as a table's stream tells it. */
export interface SavedWrite {
  readonly request: DsrRequest;
  readonly before: DsrRequest | undefined;
  readonly audit: readonly AuditEntry[];
  /** All that was written, as it is stored. */
  readonly text: string;
}

/** Requests in memory. Tells a listener of every write, as a table's stream would. */
export class MemoryRequestStore implements RequestStore {
  readonly #rows = new Map<string, Row>();
  readonly #trails = new Map<string, string[]>();
  readonly #claims = new Map<string, string>();
  readonly #unsent = new Set<string>();
  /** Lazily kept: an entry counts only while its row still has that time. */
  readonly #wakes = new Heap<{ at: number; dsrId: string }>((a, b) => a.at - b.at);
  onSave: ((write: SavedWrite) => void) | undefined;

  save(write: RequestWrite): Promise<RequestWriteOutcome> {
    const { request, expectedVersion, audit, claim = [], release = [] } = write;
    const { dsrId } = request;
    const row = this.#rows.get(dsrId);
    if ((row?.version ?? 0) !== expectedVersion) return Promise.resolve({ kind: 'conflict' });
    const holder = claim
      .map((name) => this.#claims.get(name))
      .find((by) => by !== undefined && by !== dsrId);
    if (holder !== undefined) return Promise.resolve({ kind: 'claimed', by: holder });

    for (const name of claim) this.#claims.set(name, dsrId);
    for (const name of release) {
      if (this.#claims.get(name) === dsrId) this.#claims.delete(name);
    }
    const json = JSON.stringify(request);
    this.#rows.set(dsrId, { json, version: request.version, wakeAt: request.wakeAt });
    const trail = this.#trails.get(dsrId) ?? [];
    const entries = audit.map((entry) => JSON.stringify(entry));
    trail.push(...entries);
    this.#trails.set(dsrId, trail);
    if (request.outbox.length > 0) this.#unsent.add(dsrId);
    else this.#unsent.delete(dsrId);
    if (request.wakeAt !== undefined && request.wakeAt !== row?.wakeAt) {
      this.#wakes.push({ at: request.wakeAt, dsrId });
    }
    const before = row === undefined ? undefined : readRow(row);
    this.onSave?.({ request, before, audit, text: [json, ...entries].join('\n') });
    return Promise.resolve({ kind: 'saved' });
  }

  load(dsrId: string): Promise<DsrRequest | undefined> {
    return Promise.resolve(this.peek(dsrId));
  }

  /** The stored request, at once. */
  peek(dsrId: string): DsrRequest | undefined {
    const row = this.#rows.get(dsrId);
    return row === undefined ? undefined : readRow(row);
  }

  async *auditTrail(dsrId: string): AsyncIterable<AuditEntry> {
    yield* await Promise.resolve(this.peekTrail(dsrId));
  }

  /** The audit chain, at once. */
  peekTrail(dsrId: string): readonly AuditEntry[] {
    return (this.#trails.get(dsrId) ?? []).map((entry) => JSON.parse(entry) as AuditEntry);
  }

  list(filter: RequestFilter, limit: number, cursor?: string): Promise<RequestPage> {
    const found = [...this.#rows.keys()]
      .map((dsrId) => this.peek(dsrId)!)
      .filter((request) => meets(request, filter))
      .sort((a, b) => b.receivedAt - a.receivedAt || (a.dsrId < b.dsrId ? -1 : 1));
    const from = cursor === undefined ? 0 : Number(cursor);
    const requests = found.slice(from, from + limit);
    const next = from + limit;
    return Promise.resolve({ requests, ...(next < found.length && { cursor: String(next) }) });
  }

  dueForWaking(now: number, limit: number): Promise<readonly string[]> {
    const due = new Map<string, { at: number; dsrId: string }>();
    for (
      let top = this.#wakes.peek();
      top !== undefined && top.at <= now;
      top = this.#wakes.peek()
    ) {
      if (due.size >= limit) break;
      this.#wakes.pop();
      if (this.#rows.get(top.dsrId)?.wakeAt === top.at) due.set(top.dsrId, top);
    }
    for (const entry of due.values()) this.#wakes.push(entry);
    return Promise.resolve([...due.keys()]);
  }

  withOutbox(limit: number): Promise<readonly string[]> {
    return Promise.resolve([...this.#unsent].slice(0, limit));
  }
}

function readRow(row: Row): DsrRequest {
  const request = row.parsed ?? (JSON.parse(row.json) as DsrRequest);
  // What is closed is seldom read again.
  row.parsed = request.closedAt === undefined ? request : undefined;
  return request;
}

function meets(request: DsrRequest, filter: RequestFilter): boolean {
  return (
    (filter.lifecycle?.includes(request.lifecycle) ?? true) &&
    (filter.type ?? request.type) === request.type &&
    (filter.regime ?? request.regime) === request.regime &&
    (filter.controllerId ?? request.controllerId) === request.controllerId &&
    (filter.subjectHash === undefined || request.subject.hashes.includes(filter.subjectHash)) &&
    (filter.dueBefore === undefined || request.clock.dueAt < filter.dueBefore)
  );
}
