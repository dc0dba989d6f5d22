import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { registerAgents } from '../../../lambdas/register-agents/register-agents.ts';
import { authenticateAgent } from '../../../lib/api/auth/agent-keys.ts';
import type { AgentRecord, AgentRegister } from '../../../lib/core/ports/agent-directory.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const NOW = Date.UTC(2026, 0, 5);
const AGENT = { agentId: 'shop', controllerId: 'acme', vouches: false };
const ROLE = 'arn:aws:iam::111122223333:role/sender';

describe('the register of agents', () => {
  let records: Map<string, AgentRecord>;
  const log = recordingLog();
  const agents: AgentRegister = {
    byKeyId: (keyId) => Promise.resolve(records.get(keyId)),
    byPrincipal: () => Promise.resolve(undefined),
    register: (by, { secretHash = '', ...agent }) => {
      const name = 'keyId' in by ? by.keyId : by.principal;
      if (records.has(name)) return Promise.resolve('exists');
      records.set(name, { ...agent, secretHash });
      return Promise.resolve('registered');
    },
    revoke: (keyId, revokedAt) => {
      const record = records.get(keyId);
      if (record === undefined) return Promise.resolve('missing');
      records.set(keyId, { revokedAt, ...record });
      return Promise.resolve('revoked');
    },
  };
  const run = (event: unknown, bytes = randomBytes) =>
    registerAgents(event, { agents, clock: { now: () => NOW }, random: { bytes }, log });

  beforeEach(() => {
    records = new Map();
  });

  it('tells a key once that lets its agent in, and keeps only a hash of it', async () => {
    const answer = await run(AGENT);
    if (!('apiKey' in answer)) throw new Error('no key');
    expect(await authenticateAgent(agents, answer.apiKey, NOW)).toEqual({
      kind: 'agent',
      ...AGENT,
    });
    const secret = answer.apiKey.split('_').slice(2).join('_');
    expect(JSON.stringify([...records])).not.toContain(secret);
    expect(JSON.stringify(log.lines)).not.toContain(secret);
  });

  it('takes a key away, and what was taken stays taken', async () => {
    const answer = await run(AGENT);
    if (!('apiKey' in answer)) throw new Error('no key');
    const { keyId, apiKey } = answer;
    expect(await run({ revoke: keyId })).toEqual({ ok: true, revoked: keyId });
    expect(await run({ revoke: keyId })).toEqual({ ok: true, revoked: keyId });
    expect(await authenticateAgent(agents, apiKey, NOW)).toBeUndefined();
  });

  it('registers a role without a key, and does not write over one', async () => {
    expect(await run({ ...AGENT, principal: ROLE })).toEqual({ ok: true, principal: ROLE });
    const again = await run({ ...AGENT, controllerId: 'another', principal: ROLE });
    expect(again).toMatchObject({ ok: false, faults: [expect.stringContaining('principal')] });
    expect(records.get(ROLE)).toMatchObject(AGENT);
  });

  it('answers no key that belongs to somebody else', async () => {
    const same = (size: number) => Buffer.alloc(size, 7);
    await run(AGENT, same);
    const again = await run({ ...AGENT, agentId: 'other' }, same);
    expect(again).toMatchObject({ ok: false });
    expect([...records.values()].map(({ agentId }) => agentId)).toEqual(['shop']);
  });

  it('says that there is no such key', async () => {
    expect(await run({ revoke: '0123456789abcdef' })).toEqual({
      ok: false,
      faults: ['revoke: there is no key of this id'],
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'register'],
    ['a list', [AGENT]],
    ['no vouching', { agentId: 'shop', controllerId: 'acme' }],
    ['vouching by a text', { ...AGENT, vouches: 'true' }],
    ['a blank name', { ...AGENT, agentId: '' }],
    ['a mail address', { ...AGENT, agentId: 'ann@example.com' }],
    ['a name that is too long', { ...AGENT, agentId: 'a'.repeat(101) }],
    ['more than was asked', { ...AGENT, secretHash: 'f'.repeat(64) }],
    ['a user for a role', { ...AGENT, principal: 'arn:aws:iam::111122223333:user/ann' }],
    ['a role with its path', { ...AGENT, principal: 'arn:aws:iam::111122223333:role/a/b' }],
    ['a revocation of a whole key', { revoke: `lethe_0123456789abcdef_${'A'.repeat(43)}` }],
    ['a revocation of nothing', { revoke: null }],
    ['both at once', { ...AGENT, revoke: '0123456789abcdef' }],
  ])('registers and revokes nothing for %s', async (_, event) => {
    const answer = await run(event);
    expect(answer.ok).toBe(false);
    expect(records.size).toBe(0);
    const text = JSON.stringify(answer);
    expect(text).not.toContain('ann@example.com');
    expect(text).not.toContain('A'.repeat(43));
  });
});
