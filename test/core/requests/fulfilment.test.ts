import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../lib/core/audit/chain.ts';
import { verifyReceipt } from '../../../lib/core/receipts/sign-receipt.ts';
import { projectRecord } from '../../../lib/core/requests/state/project-record.ts';
import { steerRequest } from '../../../lib/core/requests/verbs/steer-request.ts';
import { relayOutbox } from '../../../lib/core/requests/verbs/relay-outbox.ts';
import { DAY, EngineFixture, ID } from './engine-fixture.ts';

const admin = { kind: 'administrator', id: 'admin-1' } as const;

async function approvedErasure(engine = new EngineFixture()): Promise<EngineFixture> {
  await engine.submit({ type: 'erasure' });
  await steerRequest(engine.deps, { dsrId: ID, actor: admin, command: { kind: 'approve' } });
  await engine.settle();
  return engine;
}

describe('an erasure', () => {
  it('waits for its approval and its grace period, then asks each store after those before it', async () => {
    const engine = await approvedErasure();
    expect(engine.get().lifecycle).toBe('GRACE');
    expect(engine.calls).toEqual([]);
    await engine.pass(DAY);
    // Stores that track by change events are asked again when those do not come.
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.running);
    const order = engine.calls.map(({ store }) => store);
    const before = (first: string, second: string) => {
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
      expect(order).toContain(first);
    };
    before('profiles', 'orders');
    before('profiles', 'sessions');
    before('orders', 'comments');
    before('comments', 'uploads');
    expect(order).not.toContain('invoices');
  });

  it('is completed only after an independent look, with its exemption named', async () => {
    const engine = await approvedErasure();
    await engine.pass(DAY);
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.running);
    expect(engine.get()).toMatchObject({ lifecycle: 'VERIFYING', verification: 'SETTLING' });
    await engine.pass(engine.deps.policy.timeouts.settling);
    const request = engine.get();
    expect(request).toMatchObject({
      lifecycle: 'COMPLETED_WITH_EXEMPTIONS',
      verification: 'PASSED',
      clock: { state: 'MET' },
    });
    expect(projectRecord(request)).toMatchObject({
      DSR_ID: ID,
      OverallStatus: 'Completed',
      LastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    });
    expect(request.receipt?.receipt.stores).toContainEqual(
      expect.objectContaining({
        store: 'invoices',
        outcome: 'EXEMPT',
        exemptionBasis: 'GDPR Art. 17(3)(b), tax records',
      }),
    );
  });

  it('goes back to work, under a new key, while a store still holds the subject', async () => {
    const engine = await approvedErasure();
    engine.look = (store) =>
      store === 'baskets' ? { kind: 'present', erasable: 1 } : { kind: 'absent' };
    await engine.pass(DAY);
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.settling);
    const keys = engine.calls.filter(({ store }) => store === 'baskets').map((call) => call.taskId);
    expect(keys).toEqual(['baskets', 'baskets.r1']);
    engine.look = () => ({ kind: 'absent' });
    await engine.pass(engine.deps.policy.timeouts.settling);
    expect(engine.get()).toMatchObject({
      lifecycle: 'COMPLETED_WITH_EXEMPTIONS',
      verification: 'PASSED',
    });
  });

  it('whose residue never goes ends with a person, not as completed', async () => {
    const engine = await approvedErasure();
    engine.look = (store) =>
      store === 'baskets' ? { kind: 'present', erasable: 1 } : { kind: 'absent' };
    for (let rounds = 0; rounds < 10; rounds++) await engine.pass(DAY);
    expect(engine.get().lifecycle).toBe('PARTIALLY_FAILED');
    expect(engine.notices('administrators')).toContain('partially-failed');
    await engine.pass(engine.deps.policy.timeouts.partiallyFailed);
    expect(engine.get()).toMatchObject({ lifecycle: 'FAILED', clock: { state: 'BREACHED' } });
  });

  it('is put off, not passed, while a store cannot be looked into', async () => {
    const engine = await approvedErasure();
    engine.look = () => ({ kind: 'failed', code: 'unavailable' });
    for (let rounds = 0; rounds < 3; rounds++) await engine.pass(DAY);
    expect(engine.get()).toMatchObject({ lifecycle: 'VERIFYING', verification: 'SETTLING' });
  });
});

describe('an executor', () => {
  it('runs nothing that waits for a store which failed, and tries again later', async () => {
    const engine = new EngineFixture();
    engine.reply = ({ store }) =>
      store === 'profiles'
        ? { kind: 'failed', code: 'unavailable', retryable: true }
        : { kind: 'done', affected: 1 };
    await engine.submit();
    await engine.settle();
    expect(engine.calls.map(({ store }) => store)).toEqual(['profiles']);
    expect(engine.task('profiles')).toMatchObject({ state: 'RETRY_WAIT', failures: 1 });
    expect(engine.task('sessions')).toMatchObject({ state: 'BLOCKED', attempt: 1 });
    engine.reply = () => ({ kind: 'done', affected: 1 });
    await engine.pass(DAY);
    expect(engine.get().lifecycle).toBe('COMPLETED');
    expect(engine.calls.filter(({ store }) => store === 'profiles').at(-1)).toMatchObject({
      attempt: 2,
      taskId: 'profiles',
    });
  });

  it('asks a store only by the identities that it knows', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await engine.settle();
    const identifiers = new Map(
      engine.calls.map(({ store, identities }) => [store, identities.map((i) => i.identifier)]),
    );
    expect(identifiers.get('profiles')).toEqual(['email']);
    expect(identifiers.get('orders')).toEqual(['customer_id']);
  });

  it('that throws has failed for now, and its words are not passed on', async () => {
    const engine = new EngineFixture();
    engine.reply = () => {
      throw new Error('cannot reach ann@example.com');
    };
    await engine.submit();
    await engine.settle();
    expect(engine.task('profiles').outcome).toEqual({
      kind: 'failed',
      code: 'call-threw',
      retryable: true,
    });
    expect(JSON.stringify(engine.requests.peekTrail(ID))).not.toContain('ann@');
  });

  it('gathers before it reports, and the package follows', async () => {
    const engine = new EngineFixture();
    let kept: number | undefined;
    engine.reply = ({ store }) => ({
      kind: 'done',
      affected: 1,
      data: { kind: 'inline', records: [{ store }] },
    });
    const put = engine.gathered.put.bind(engine.gathered);
    engine.gathered.put = (...args) => {
      kept = (kept ?? 0) + 1;
      return put(...args);
    };
    await engine.submit();
    await engine.settle();
    expect(kept).toBe(8);
    expect(engine.get()).toMatchObject({
      lifecycle: 'COMPLETED',
      package: { reference: 'package' },
    });
  });
});

describe('the end of a request', () => {
  it('is told once, receipted, and takes the subject with it', async () => {
    const engine = new EngineFixture();
    await engine.submit({ callbackUrls: ['https://controller.example/status'] });
    await engine.settle();
    const request = engine.get();
    expect(engine.notices().filter((name) => name === 'completed')).toHaveLength(1);
    expect(engine.notices('systems')).toEqual(['completed']);
    expect(engine.callbacks).toEqual(['in_progress', 'completed']);
    expect(request.closedAt).toBeDefined();
    expect(request.wakeAt).toBeUndefined();
    expect(await engine.keys.get(`request/${ID}`)).toEqual({ kind: 'destroyed' });
    expect(request.subject).toEqual({ hashes: request.subject.hashes, contactable: true });
    expect(verifyReceipt(request.receipt!, engine.publicKeyPem)).toEqual({ kind: 'genuine' });
    const trail = engine.requests.peekTrail(ID);
    expect(verifyChain(ID, trail, request.audit).kind).toBe('whole');
  });

  it('is told once even if the relay dies between sending and noting it', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    const save = engine.requests.save.bind(engine.requests);
    engine.requests.save = () => Promise.reject(new Error('killed'));
    await expect(relayOutbox(engine.deps, ID)).rejects.toThrow('killed');
    engine.requests.save = save;
    await engine.settle();
    expect(engine.notices().filter((name) => name === 'received')).toHaveLength(1);
    expect(engine.get().lifecycle).toBe('COMPLETED');
  });

  it('is closed even if the process dies after the key was destroyed', async () => {
    const engine = new EngineFixture();
    const destroy = engine.keys.destroy.bind(engine.keys);
    engine.keys.destroy = async (name) => {
      await destroy(name);
      throw new Error('killed');
    };
    await engine.submit();
    await engine.settle().catch(() => undefined);
    expect(engine.get().closedAt).toBeUndefined();
    engine.keys.destroy = destroy;
    await engine.settle();
    expect(engine.get().closedAt).toBeDefined();
  });

  it('keeps trying a notice that fails, and gives up an address that refuses', async () => {
    const engine = new EngineFixture();
    const send = engine.notifier.send.bind(engine.notifier);
    engine.notifier.send = () => Promise.resolve({ kind: 'failed', code: 'throttled' });
    await engine.submit();
    await engine.settle();
    expect(engine.get()).toMatchObject({ lifecycle: 'COMPLETED', notification: 'RETRYING' });
    expect(engine.get().closedAt).toBeUndefined();
    engine.notifier.send = (notice, key) =>
      notice.audience === 'subject'
        ? Promise.resolve({ kind: 'undeliverable', code: 'bounced' })
        : send(notice, key);
    await engine.pass(DAY);
    expect(engine.get()).toMatchObject({ notification: 'UNDELIVERABLE' });
    expect(engine.get().closedAt).toBeDefined();
  });
});
