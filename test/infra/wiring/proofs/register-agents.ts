import { expect } from 'vitest';
import type { Proof } from '../prove-wiring.ts';

const AGENT = { agentId: 'shop', controllerId: 'acme', vouches: false };
const ROLE = 'arn:aws:iam::111122223333:role/sender';

/** Called by hand: a key, a role, and a key that is taken away. */
export const registerAgents: Proof = {
  invocations: [AGENT, { ...AGENT, principal: ROLE }, { revoke: '0123456789abcdef' }].map(
    (event) => ({
      event,
      answers: { 'dynamodb:PutItem': () => ({}), 'dynamodb:UpdateItem': () => ({}) },
    }),
  ),
  expects: ({ results, calls, output }) => {
    const apiKey = expect.stringMatching(/^lethe_[0-9a-f]{16}_[\w-]{43}$/) as string;
    expect(results).toEqual([
      { ok: true, keyId: expect.stringMatching(/^[0-9a-f]{16}$/) as string, apiKey },
      { ok: true, principal: ROLE },
      { ok: true, revoked: '0123456789abcdef' },
    ]);
    const key = (results[0] as { apiKey: string }).apiKey;
    const secret = key.slice('lethe_0123456789abcdef_'.length);
    expect(JSON.stringify(calls)).not.toContain(secret);
    expect(output).not.toContain(secret);
  },
};
