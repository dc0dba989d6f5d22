import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  identityToken,
  tokenHash,
  tokenMatches,
} from '../../../lib/core/identity/one-time-token.ts';
import { seal, SealBrokenError, unseal } from '../../../lib/core/identity/sealed-box.ts';
import { subjectHash, subjectHashes } from '../../../lib/core/identity/subject-hash.ts';
import { WORLD_MAP } from '../../../lib/simulation/world-map.ts';

const key = new Uint8Array(32).fill(3);
const nonce = new Uint8Array(12).fill(9);

describe('a sealed box', () => {
  it('gives back what was sealed, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const box = seal(key, 'purpose', { secret: value }, nonce);
        expect(unseal(key, 'purpose', box)).toEqual(JSON.parse(JSON.stringify({ secret: value })));
      }),
    );
    const text = JSON.stringify(seal(key, 'p', { name: 'Ann Example' }, nonce));
    expect(text).not.toContain('Ann');
  });

  it('opens for no other key, purpose or bytes, and says nothing of its content', () => {
    const box = seal(key, 'aliases/1', { name: 'Ann Example' }, nonce);
    const other = new Uint8Array(32).fill(4);
    const flipped = Buffer.from(box.ciphertext, 'base64url');
    flipped[0] = flipped[0]! ^ 1;
    const attempts = [
      () => unseal(other, 'aliases/1', box),
      () => unseal(key, 'aliases/2', box),
      () => unseal(key, 'aliases/1', { ...box, ciphertext: flipped.toString('base64url') }),
      () => unseal(key, 'aliases/1', { ...box, tag: box.tag.slice(0, 6) }),
      () => unseal(key, 'aliases/1', { ...box, nonce: 'AAAA' }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(SealBrokenError);
    for (const attempt of attempts) expect(attempt).not.toThrow(/Ann/);
  });
});

describe('a one-time token', () => {
  it('is the same for the same request, another for another, and matched by its hash alone', () => {
    const token = identityToken(key, 'a');
    expect(token).toBe(identityToken(key, 'a'));
    expect(token).not.toBe(identityToken(key, 'b'));
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokenMatches(token, tokenHash(token))).toBe(true);
    expect(tokenMatches(`${token}x`, tokenHash(token))).toBe(false);
    expect(tokenMatches(token, '')).toBe(false);
  });
});

describe('a subject hash', () => {
  it('is one for all writings of one identity, and another under another key or name', () => {
    const hash = (value: string, identifier = 'email', by = key) =>
      subjectHash(by, WORLD_MAP, { identifier, value });
    expect(hash(' Ann@Example.COM ')).toBe(hash('ann@example.com'));
    expect(hash('ann@example.com', 'customer_id')).not.toBe(hash('ann@example.com'));
    expect(hash('ann@example.com', 'email', new Uint8Array(32))).not.toBe(hash('ann@example.com'));
    expect(hash('Ann', 'customer_id')).not.toBe(hash('ann', 'customer_id'));
  });

  it('lists each subject once, in an order that tells nothing', () => {
    const identities = ['b@x.de', 'a@x.de', 'B@x.de'].map((value) => ({
      identifier: 'email',
      value,
    }));
    const hashes = subjectHashes(key, WORLD_MAP, identities);
    expect(hashes).toHaveLength(2);
    expect(hashes).toEqual([...hashes].sort());
  });
});
