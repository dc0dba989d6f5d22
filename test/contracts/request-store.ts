import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyChain } from '../../lib/core/audit/chain.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import type { RequestFilter, RequestStore } from '../../lib/core/ports/request-store.ts';
import type { DsrRequest } from '../../lib/core/requests/model/request.ts';
import { AT, sampleRequest, writeAfter } from '../core/requests/sample-request.ts';

export interface RequestStoreUnderTest {
  store: RequestStore;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of RequestStore passes. Listings may lag by seconds. */
export function requestStoreContract(
  adapter: string,
  make: () => Promise<RequestStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of RequestStore`, () => {
    let under: RequestStoreUnderTest;
    let store: RequestStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(async () => {
      await under.close?.();
    });

    const blank = (change: Partial<DsrRequest> = {}) =>
      sampleRequest({ dsrId: randomUUID(), version: 0, ...change });

    const create = async (change: Partial<DsrRequest> = {}): Promise<DsrRequest> => {
      const write = writeAfter(blank(change));
      expect(await store.save(write)).toEqual({ kind: 'saved' });
      return write.request;
    };

    const eventually = (check: () => Promise<void>) =>
      expect
        .poll(async () => check().then(() => 'as expected', String), { timeout: 20_000 })
        .toBe('as expected');

    const trailOf = async (dsrId: string): Promise<AuditEntry[]> => {
      const entries: AuditEntry[] = [];
      for await (const entry of store.auditTrail(dsrId)) entries.push(entry);
      return entries;
    };

    it('gives back what was saved, and nothing for an unknown id', async () => {
      const request = await create();
      expect(await store.load(request.dsrId)).toEqual(request);
      expect(await store.load(randomUUID())).toBeUndefined();
    });

    it('refuses to create what exists and to write over a newer version', async () => {
      const request = await create();
      const again = writeAfter({ ...blank(), dsrId: request.dsrId });
      expect(await store.save(again)).toEqual({ kind: 'conflict' });
      const next = writeAfter(request, { lifecycle: 'WAITING' });
      expect(await store.save(next)).toEqual({ kind: 'saved' });
      expect(await store.save(writeAfter(request))).toEqual({ kind: 'conflict' });
      expect(await store.load(request.dsrId)).toEqual(next.request);
    });

    it('refuses to update what does not exist', async () => {
      const missing = sampleRequest({ dsrId: randomUUID(), version: 3 });
      expect(await store.save(writeAfter(missing))).toEqual({ kind: 'conflict' });
      expect(await store.load(missing.dsrId)).toBeUndefined();
    });

    it('lets exactly one of many writers of one version through', async () => {
      const request = await create();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, at) => store.save(writeAfter(request, {}, [`writer-${at}`]))),
      );
      expect(outcomes.filter(({ kind }) => kind === 'saved')).toHaveLength(1);
      expect(await trailOf(request.dsrId)).toHaveLength(2);
    });

    it('keeps the audit chain whole and in order, over many writes', async () => {
      let request = await create();
      for (let round = 0; round < 6; round++) {
        const actions = Array.from({ length: round === 0 ? 50 : 3 }, (_, at) => `a-${round}-${at}`);
        const write = writeAfter(request, {}, actions);
        expect(await store.save(write)).toEqual({ kind: 'saved' });
        request = write.request;
      }
      const trail = await trailOf(request.dsrId);
      expect(trail).toHaveLength(66);
      expect(verifyChain(request.dsrId, trail, request.audit).kind).toBe('whole');
    });

    it('appends no audit entry of a write that it refuses', async () => {
      const request = await create();
      await store.save(writeAfter({ ...request, version: 7 }, {}, ['lost']));
      expect((await trailOf(request.dsrId)).map(({ action }) => action)).toEqual(['tested']);
    });

    it('lets a name be held by one request at a time', async () => {
      const name = `open/erasure/${randomUUID()}`;
      const first = writeAfter(blank());
      expect(await store.save({ ...first, claim: [name] })).toEqual({ kind: 'saved' });
      const second = writeAfter(blank());
      const other = `open/erasure/${randomUUID()}`;
      expect(await store.save({ ...second, claim: [other, name] })).toEqual({
        kind: 'claimed',
        by: first.request.dsrId,
      });
      expect(await store.load(second.request.dsrId)).toBeUndefined();
      // The refused write has not taken the other name either.
      expect(await store.save({ ...writeAfter(blank()), claim: [other] })).toEqual({
        kind: 'saved',
      });
      const release = { ...writeAfter(first.request), release: [name] };
      expect(await store.save(release)).toEqual({ kind: 'saved' });
      expect(await store.save({ ...second, claim: [name] })).toEqual({ kind: 'saved' });
    });

    it('lets its holder claim a name again, and nobody else give it back', async () => {
      const name = `open/erasure/${randomUUID()}`;
      const holder = writeAfter(blank());
      await store.save({ ...holder, claim: [name] });
      expect(await store.save({ ...writeAfter(holder.request), claim: [name] })).toEqual({
        kind: 'saved',
      });
      const stranger = await create();
      await store.save({ ...writeAfter(stranger), release: [name] });
      expect(await store.save({ ...writeAfter(blank()), claim: [name] })).toEqual({
        kind: 'claimed',
        by: holder.request.dsrId,
      });
    });

    it('takes a request of 300 KB', async () => {
      const big = 'x'.repeat(280_000);
      const request = await create({ package: { reference: big, expiresAt: AT } });
      expect((await store.load(request.dsrId))?.package?.reference).toHaveLength(280_000);
    });

    it('names those that are due for waking, the longest overdue first', async () => {
      const late = await create({ wakeAt: AT - 2_000 });
      const later = await create({ wakeAt: AT - 5_000 });
      await create({ wakeAt: AT + 60_000 });
      await create();
      await eventually(async () => {
        expect(await store.dueForWaking(AT, 10)).toEqual([later.dsrId, late.dsrId]);
      });
      expect(await store.dueForWaking(AT, 1)).toEqual([later.dsrId]);
      await store.save(writeAfter(later, { wakeAt: AT + 60_000 }));
      await store.save(writeAfter(late, { wakeAt: undefined }));
      await eventually(async () => {
        expect(await store.dueForWaking(AT, 10)).toEqual([]);
      });
    });

    it('names those whose outbox is not empty', async () => {
      const message = {
        kind: 'lift-suppression',
        seq: 1,
        createdAt: AT,
        failures: 0,
      } as const;
      const full = await create({ outbox: [message] });
      await create();
      await eventually(async () => {
        expect(await store.withOutbox(10)).toEqual([full.dsrId]);
      });
      await store.save(writeAfter(full, { outbox: [] }));
      await eventually(async () => {
        expect(await store.withOutbox(10)).toEqual([]);
      });
    });

    it('lists newest first, page by page, each once', async () => {
      const made: string[] = [];
      for (let at = 0; at < 7; at++) {
        made.unshift((await create({ receivedAt: AT + at * 1_000 })).dsrId);
      }
      await eventually(async () => {
        expect(await listAll(store, {}, 3)).toEqual(made);
      });
    });

    it.each<[string, Partial<DsrRequest>, RequestFilter]>([
      ['lifecycle', { lifecycle: 'WAITING' }, { lifecycle: ['WAITING', 'VERIFYING'] }],
      ['type', { type: 'access' }, { type: 'access' }],
      ['regime', { regime: 'ccpa' }, { regime: 'ccpa' }],
      ['controller', { controllerId: 'controller-2' }, { controllerId: 'controller-2' }],
      ['subject', { subject: { hashes: ['a', 'b'], contactable: false } }, { subjectHash: 'b' }],
      ['due date', { clock: { ...sampleRequest().clock, dueAt: AT + 5 } }, { dueBefore: AT + 6 }],
    ])('lists only what meets a filter by %s', async (_name, change, filter) => {
      const meant = await create(change);
      await create();
      await eventually(async () => {
        expect(await listAll(store, filter, 10)).toEqual([meant.dsrId]);
      });
    });
  });
}

async function listAll(store: RequestStore, filter: RequestFilter, limit: number) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(filter, limit, cursor);
    expect(page.requests.length).toBeLessThanOrEqual(limit);
    ids.push(...page.requests.map(({ dsrId }) => dsrId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}
