import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentRegister } from '../../lib/core/ports/agent-directory.ts';

export interface AgentRegisterUnderTest {
  register: AgentRegister;
  close?(): Promise<void>;
}

const AGENT = { agentId: 'crm', controllerId: 'shop', vouches: true };
const PRINCIPAL = 'arn:aws:iam::111122223333:role/crm';

/** Registers the suite that every adapter of AgentRegister passes. */
export function agentRegisterContract(
  adapter: string,
  make: () => Promise<AgentRegisterUnderTest>,
): void {
  describe(`${adapter} keeps the contract of AgentRegister`, () => {
    let under: AgentRegisterUnderTest;
    let agents: AgentRegister;
    beforeEach(async () => {
      under = await make();
      agents = under.register;
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('finds an agent by its key or its principal, and nobody by another', async () => {
      expect(await agents.register({ keyId: 'k1' }, { ...AGENT, secretHash: 'aa' })).toBe(
        'registered',
      );
      expect(await agents.register({ principal: PRINCIPAL }, AGENT)).toBe('registered');
      expect(await agents.byKeyId('k1')).toEqual({ ...AGENT, secretHash: 'aa' });
      expect(await agents.byPrincipal(PRINCIPAL)).toEqual({ kind: 'agent', ...AGENT });
      expect(await agents.byKeyId(PRINCIPAL)).toBeUndefined();
      expect(await agents.byPrincipal('k1')).toBeUndefined();
    });

    it('leaves what is registered as it is', async () => {
      await agents.register({ keyId: 'k1' }, { ...AGENT, secretHash: 'aa' });
      const other = { ...AGENT, agentId: 'other', secretHash: 'bb' };
      expect(await agents.register({ keyId: 'k1' }, other)).toBe('exists');
      expect(await agents.byKeyId('k1')).toMatchObject({ agentId: 'crm' });
    });

    it('keeps the first moment at which a key was revoked', async () => {
      await agents.register({ keyId: 'k1' }, { ...AGENT, secretHash: 'aa' });
      expect(await agents.revoke('k1', 7)).toBe('revoked');
      expect(await agents.revoke('k1', 9)).toBe('revoked');
      expect(await agents.byKeyId('k1')).toMatchObject({ revokedAt: 7 });
      expect(await agents.revoke('k2', 7)).toBe('missing');
      expect(await agents.byKeyId('k2')).toBeUndefined();
    });
  });
}
