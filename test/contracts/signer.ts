import { createHash, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Signer } from '../../lib/core/ports/signer.ts';

export interface SignerUnderTest {
  signer: Signer;
  publicKeyPem: string;
  /** The same key, opened anew: as another process has it. */
  reopen(): Promise<Signer>;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of Signer passes. */
export function signerContract(adapter: string, make: () => Promise<SignerUnderTest>): void {
  describe(`${adapter} keeps the contract of Signer`, () => {
    let under: SignerUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const holds = (bytes: Uint8Array, signature: Uint8Array) =>
      verify(
        under.signer.alg === 'Ed25519' ? null : 'sha256',
        bytes,
        under.publicKeyPem,
        signature,
      );

    // 4,096 bytes is where some signers go over from messages to digests.
    it.each([0, 1, 4_095, 4_096, 4_097, 200_000])(
      'signs %d bytes so that anybody can verify it with the public key',
      async (length) => {
        const bytes = new Uint8Array(length).fill(7);
        const signature = await under.signer.sign(bytes);
        expect(holds(bytes, signature)).toBe(true);
        expect(holds(new Uint8Array(length + 1).fill(7), signature)).toBe(false);
        // The signature of a message is not one of its digest.
        expect(holds(createHash('sha256').update(bytes).digest(), signature)).toBe(false);
      },
    );

    it('has one name and one key, whoever opens it', async () => {
      const again = await under.reopen();
      expect([again.keyId, again.alg]).toEqual([under.signer.keyId, under.signer.alg]);
      const bytes = Buffer.from('receipt');
      expect(holds(bytes, await again.sign(bytes))).toBe(true);
    });
  });
}
