import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { adminToken, CLIENT_ID, ISSUER, START, testApi } from '../fixture.ts';

const groups = { 'cognito:groups': ['auditor'] };
const seconds = START / 1_000;

async function status(token: string): Promise<number> {
  const api = await testApi();
  const headers = { authorization: `Bearer ${token}` };
  return (await api.call('GET', '/admin/requests', { headers })).status;
}

describe('an administrator’s token', () => {
  it('is taken when it is the pool’s, for our client, and in time', async () => {
    expect(await status(await adminToken(START, groups))).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['is of another issuer', { iss: `${ISSUER}x` }],
    ['is for another client', { client_id: 'other' }],
    ['is an id token', { token_use: 'id', aud: CLIENT_ID }],
    ['has expired', { exp: seconds - 1 }],
    ['never expires', { exp: undefined }],
    ['is not yet valid', { nbf: seconds + 600 }],
    ['names nobody', { sub: undefined }],
    ['has groups that are no list', { 'cognito:groups': 'auditor' }],
  ])('is refused when it %s', async (_, claims) => {
    expect(await status(await adminToken(START, { ...groups, ...claims }))).toBe(401);
  });

  it('gives no role by a group that is none of ours', async () => {
    expect(await status(await adminToken(START, { 'cognito:groups': ['admin', 'Auditor'] }))).toBe(
      403,
    );
  });

  it('is refused unsigned, signed by a stranger, or with the public key as a secret', async () => {
    const claims = { iss: ISSUER, sub: 'x', token_use: 'access', client_id: CLIENT_ID, ...groups };
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime(seconds + 600)
      .sign(privateKey);
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(seconds + 600)
      .sign(new TextEncoder().encode('any shared secret that is long enough'));
    const unsecured = new UnsecuredJWT(claims).setExpirationTime(seconds + 600).encode();
    for (const token of [forged, symmetric, unsecured, 'a.b.c', '..', 'x'.repeat(9_000)]) {
      expect(await status(token)).toBe(401);
    }
  });

  it('is not called false when the key set is out of reach: that is our fault', async () => {
    const api = await testApi({
      authentication: {
        agents: {
          byKeyId: () => Promise.resolve(undefined),
          byPrincipal: () => Promise.resolve(undefined),
        },
        administrators: () => Promise.reject(new TypeError('fetch failed')),
      },
    });
    const headers = { authorization: 'Bearer x' };
    expect((await api.call('GET', '/admin/requests', { headers })).status).toBe(500);
  });
});
