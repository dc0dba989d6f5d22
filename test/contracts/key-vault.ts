import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyOutcome, KeyVault } from '../../lib/core/ports/key-vault.ts';

export interface KeyVaultUnderTest {
  vault: KeyVault;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of KeyVault passes. */
export function keyVaultContract(adapter: string, make: () => Promise<KeyVaultUnderTest>): void {
  describe(`${adapter} keeps the contract of KeyVault`, () => {
    let under: KeyVaultUnderTest;
    let vault: KeyVault;
    let name: string;
    beforeEach(async () => {
      under = await make();
      vault = under.vault;
      name = `request/${randomUUID()}`;
    });
    afterEach(async () => {
      await under.close?.();
    });

    const hex = (outcome: KeyOutcome) =>
      outcome.kind === 'key' ? Buffer.from(outcome.key).toString('hex') : outcome.kind;

    it('makes a key of 32 bytes once, and gives the same to everybody', async () => {
      const made = await Promise.all(Array.from({ length: 6 }, () => vault.create(name)));
      expect(new Set(made.map(hex)).size).toBe(1);
      expect(hex(made[0]!)).toMatch(/^[0-9a-f]{64}$/);
      expect(hex(await vault.get(name))).toBe(hex(made[0]!));
    });

    it('gives each name a key of its own', async () => {
      const other = await vault.create(`${name}/other`);
      expect(hex(await vault.create(name))).not.toBe(hex(other));
    });

    it('says that a key is missing, and makes none by looking', async () => {
      expect(await vault.get(name)).toEqual({ kind: 'missing' });
      expect(await vault.get(name)).toEqual({ kind: 'missing' });
    });

    it('destroys for good: the name never gets a key again', async () => {
      await vault.create(name);
      await vault.destroy(name);
      await vault.destroy(name);
      expect(await vault.get(name)).toEqual({ kind: 'destroyed' });
      expect(await vault.create(name)).toEqual({ kind: 'destroyed' });
    });

    it('destroys a name that had no key yet', async () => {
      await vault.destroy(name);
      expect(await vault.create(name)).toEqual({ kind: 'destroyed' });
    });
  });
}
