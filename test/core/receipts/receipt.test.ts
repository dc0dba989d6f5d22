import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Signer } from '../../../lib/core/ports/signer.ts';
import { buildReceipt } from '../../../lib/core/receipts/build-receipt.ts';
import { signReceipt, verifyReceipt } from '../../../lib/core/receipts/sign-receipt.ts';
import { AT, dispatchedRequest } from '../requests/sample-request.ts';

function signerOf(alg: Signer['alg'], key: KeyObject): Signer {
  const hash = alg === 'Ed25519' ? null : 'sha256';
  return { alg, keyId: 'k', sign: (bytes) => Promise.resolve(sign(hash, bytes, key)) };
}

const ed = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

function receipt() {
  const request = dispatchedRequest({
    lifecycle: 'COMPLETED_WITH_EXEMPTIONS',
    verification: 'PASSED',
  });
  const tasks = request.tasks.map((task) =>
    task.taskId === 'orders'
      ? {
          ...task,
          state: 'SUCCEEDED' as const,
          outcome: { kind: 'succeeded', affected: 3, backupsExpireAt: AT } as const,
        }
      : task,
  );
  return buildReceipt({ ...request, tasks });
}

describe('a receipt', () => {
  it('names per store the outcome, the exemption with its law, and when backups expire', () => {
    const { stores } = receipt();
    expect(stores.find(({ store }) => store === 'orders')).toEqual({
      store: 'orders',
      area: 'commerce',
      operation: 'erase',
      outcome: 'SUCCEEDED',
      affected: 3,
      backupsExpireAt: '2026-01-05T08:00:00.000Z',
    });
    expect(stores.find(({ store }) => store === 'invoices')).toMatchObject({
      outcome: 'EXEMPT',
      exemptionBasis: 'GDPR Art. 17(3)(b), tax records',
      keptUntil: '2036-01-03T08:00:00.000Z',
    });
  });

  it.each([
    ['Ed25519', ed],
    ['RSA-SHA256', rsa],
  ] as const)('signed by %s is genuine to whoever holds the public key', async (alg, pair) => {
    const signed = await signReceipt(signerOf(alg, pair.privateKey), receipt());
    const received = JSON.parse(JSON.stringify(signed)) as typeof signed;
    expect(verifyReceipt(received, pem(pair.publicKey))).toEqual({ kind: 'genuine' });
  });

  it('is not genuine once a word, the signature or the key is another', async () => {
    const signed = await signReceipt(signerOf('Ed25519', ed.privateKey), receipt());
    const verdict = (change: typeof signed, key = pem(ed.publicKey)) =>
      verifyReceipt(change, key).kind;
    const outcome = 'COMPLETED' as const;
    expect(verdict({ ...signed, receipt: { ...signed.receipt, outcome } })).toBe('not-genuine');
    const value = signed.signature.value.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'));
    expect(verdict({ ...signed, signature: { ...signed.signature, value } })).toBe('not-genuine');
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(verdict(signed, pem(other))).toBe('not-genuine');
    expect(verdict(signed, pem(rsa.publicKey))).toBe('not-genuine');
    expect(verdict(signed, 'no key at all')).toBe('unusable-key');
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    expect(verdict(signed, pem(ec))).toBe('unusable-key');
  });
});
