import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administratorsOf } from '../../../lambdas/handle-api/administrators.ts';

const clock = { now: () => Date.now() };

describe('administrators of a user pool', () => {
  let server: Server;
  let issuer: string;
  let fetched = 0;
  const tokenOf = async (change: Record<string, unknown> = {}, other = false) => {
    const { privateKey } = other ? await generateKeyPair('RS256') : pair;
    return new SignJWT({
      token_use: 'access',
      client_id: 'dashboard',
      'cognito:groups': ['operator', 'visitors'],
      ...change,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer((change['iss'] as string | undefined) ?? issuer)
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(privateKey);
  };
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;

  beforeAll(async () => {
    pair = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'RS256', kid: 'one' };
    server = createServer((request, response) => {
      fetched += 1;
      const isKeys = request.url === '/pool/.well-known/jwks.json';
      response.writeHead(isKeys ? 200 : 404).end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
  });
  afterAll(() => server.close());

  it('are told by tokens that the pool has signed for our clients; its keys are fetched once', async () => {
    const verify = administratorsOf({ issuer, clientIds: ['dashboard'] }, clock);
    for (let call = 0; call < 3; call++) {
      expect(await verify(await tokenOf())).toEqual({
        kind: 'administrator',
        id: 'ada',
        roles: ['operator'],
      });
    }
    expect(fetched).toBe(1);
    for (const token of [
      await tokenOf({}, true),
      await tokenOf({ iss: 'https://evil.example/pool' }),
      await tokenOf({ client_id: 'another' }),
      await tokenOf({ token_use: 'id' }),
      'no token',
    ]) {
      expect(await verify(token)).toBeUndefined();
    }
  });

  it('are nobody where there is no pool', async () => {
    const verify = administratorsOf(undefined, clock);
    expect(await verify(await tokenOf())).toBeUndefined();
  });
});
