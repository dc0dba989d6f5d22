import { describe, expect, it } from 'vitest';
import { confirmIdentity } from '../../../lib/core/requests/verbs/confirm-identity.ts';
import { submitRequest } from '../../../lib/core/requests/verbs/submit-request.ts';
import { EngineFixture, ID, OTHER_ID, submission } from './engine-fixture.ts';

const unverified = { vouched: false, channel: 'direct', controllerId: 'direct' } as const;

describe('a submission', () => {
  it('is stored without its personal data in clear', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    expect(JSON.stringify(engine.get()).toLowerCase()).not.toContain('ann@');
    expect(JSON.stringify(engine.requests.peekTrail(ID)).toLowerCase()).not.toContain('ann@');
  });

  it('sent twice is one request', async () => {
    const engine = new EngineFixture();
    const first = await engine.submit();
    const again = await submitRequest(engine.deps, submission());
    expect(again).toEqual({ kind: 'repeated', request: first });
  });

  it('under a taken id is refused, and changes nothing', async () => {
    const engine = new EngineFixture();
    const first = await engine.submit();
    expect(await submitRequest(engine.deps, submission({ type: 'erasure' }))).toEqual({
      kind: 'id-taken',
    });
    expect(engine.get()).toEqual(first);
  });

  it('with faults gets them all at once, without its values, and nothing is stored', async () => {
    const engine = new EngineFixture();
    const outcome = await submitRequest(
      engine.deps,
      submission({
        dsrId: 'NOT-A-UUID',
        regime: 'atlantis',
        vouched: false,
        type: 'rectification',
        details: {
          identities: [
            { identifier: 'shoe_size', value: 'secret-47' },
            { identifier: 'email', value: '   ' },
          ],
        },
        callbackUrls: Array.from({ length: 6 }, () => 'https://x.example'),
      }),
    );
    expect(outcome).toMatchObject({ kind: 'invalid' });
    const faults = outcome.kind === 'invalid' ? outcome.faults : [];
    expect(faults.map(({ at, reason }) => `${at}: ${reason}`)).toEqual([
      'dsrId: malformed',
      'regime: unknown-regime',
      'details.identities.0.identifier: unknown-identifier',
      'details.identities.1.value: malformed',
      'details.contact: no-contact',
      'details.corrections: missing',
      'callbackUrls: too-large',
    ]);
    expect(JSON.stringify(faults)).not.toContain('secret-47');
    expect(engine.get('NOT-A-UUID')).toBeUndefined();
  });

  it('of a subject with an open request of the type is a duplicate, however it is written', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    const details = { identities: [{ identifier: 'email', value: ' ann@EXAMPLE.com' }] };
    const second = await engine.submit({ dsrId: OTHER_ID, details });
    expect(second).toMatchObject({ lifecycle: 'DUPLICATE', duplicateOf: ID });
    const other = await engine.submit({ dsrId: ID.replace('1', '2'), details, type: 'objection' });
    expect(other.lifecycle).not.toBe('DUPLICATE');
  });

  it('may come again once the first has ended', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await engine.settle();
    expect(engine.get().lifecycle).toBe('COMPLETED');
    expect((await engine.submit({ dsrId: OTHER_ID })).lifecycle).not.toBe('DUPLICATE');
  });
});

describe('a one-time link', () => {
  it('is mailed, and nothing is looked up before it is used', async () => {
    const engine = new EngineFixture();
    await engine.submit(unverified);
    await engine.settle();
    expect(engine.get()).toMatchObject({ lifecycle: 'AWAITING_IDENTITY', tasks: [] });
    expect(engine.calls).toEqual([]);
    expect(JSON.stringify(engine.get())).not.toContain(engine.token());
    const outcome = await confirmIdentity(engine.deps, { dsrId: ID, token: engine.token() });
    expect(outcome.kind).toBe('done');
    await engine.settle();
    expect(engine.get().lifecycle).toBe('COMPLETED');
    expect(engine.notices()).toEqual(['verify-identity', 'verified', 'begun', 'completed']);
  });

  it('locks after a few wrong tries, and the right one then opens nothing', async () => {
    const engine = new EngineFixture();
    await engine.submit(unverified);
    await engine.settle();
    const codes: string[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const outcome = await confirmIdentity(engine.deps, { dsrId: ID, token: `guess-${tries}` });
      codes.push(outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind);
    }
    expect(codes).toEqual([...Array<string>(4).fill('wrong-token'), 'locked']);
    expect(await confirmIdentity(engine.deps, { dsrId: ID, token: engine.token() })).toEqual({
      kind: 'refused',
      refusal: { code: 'locked' },
    });
    expect(engine.get()).toMatchObject({ lifecycle: 'REJECTED', reason: 'identity-locked' });
  });

  it('expires, and the request with it', async () => {
    const engine = new EngineFixture();
    await engine.submit(unverified);
    await engine.settle();
    const token = engine.token();
    engine.now += engine.deps.policy.identity.lifetime;
    expect(await confirmIdentity(engine.deps, { dsrId: ID, token })).toMatchObject({
      refusal: { code: 'token-expired' },
    });
    await engine.settle();
    expect(engine.get().lifecycle).toBe('EXPIRED');
  });

  it('works once', async () => {
    const engine = new EngineFixture();
    await engine.submit(unverified);
    await engine.settle();
    const input = { dsrId: ID, token: engine.token() };
    await confirmIdentity(engine.deps, input);
    expect(await confirmIdentity(engine.deps, input)).toMatchObject({
      refusal: { code: 'already-done' },
    });
  });

  it('that is not confirmed keeps nobody else from asking, and a confirmed one does', async () => {
    const engine = new EngineFixture();
    await engine.submit(unverified);
    expect((await engine.submit({ dsrId: OTHER_ID })).lifecycle).not.toBe('DUPLICATE');
    await engine.drive();
    await confirmIdentity(engine.deps, { dsrId: ID, token: engine.token() });
    expect(engine.get()).toMatchObject({ lifecycle: 'DUPLICATE', duplicateOf: OTHER_ID });
  });
});
