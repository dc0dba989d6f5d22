import { describe, expect, it } from 'vitest';
import {
  developmentLogin,
  DevelopmentLoginError,
} from '../../../lib/api/auth/development-login.ts';
import { START, testApi } from '../fixture.ts';

const clock = { now: () => START };

async function localApi(bindAddress = '127.0.0.1') {
  const { verify, route } = await developmentLogin({ bindAddress, clock });
  return testApi({
    authentication: {
      agents: {
        byKeyId: () => Promise.resolve(undefined),
        byPrincipal: () => Promise.resolve(undefined),
      },
      administrators: verify,
    },
    furtherRoutes: [route],
  });
}

describe('the development login', () => {
  it('gives a token that the API takes, with the roles asked for', async () => {
    const api = await localApi();
    const login = await api.call('POST', '/dev/login', {
      json: { name: 'ada', roles: ['auditor'] },
      headers: { host: 'localhost:8080' },
    });
    const { token } = (await login.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await api.call('GET', '/admin/requests', { headers })).status).toBe(200);
    const json = { id: 'x' };
    expect((await api.call('POST', '/admin/requests', { headers, json })).status).toBe(403);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', '10.0.0.1', 'example.com', '', '127.0.0.1.example.com'])(
    'refuses to work when the server listens on "%s"',
    async (bindAddress) => {
      await expect(developmentLogin({ bindAddress, clock })).rejects.toThrow(DevelopmentLoginError);
    },
  );

  it.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost', '::ffff:127.0.0.1'])(
    'works when it listens on "%s"',
    async (bindAddress) => {
      await expect(developmentLogin({ bindAddress, clock })).resolves.toBeDefined();
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '192.168.1.5:8080', ''])(
    'answers nothing to a page that calls it "%s"',
    async (host) => {
      const api = await localApi();
      const reply = await api.call('POST', '/dev/login', {
        json: { name: 'ada', roles: ['approver'] },
        headers: { host },
      });
      expect(reply.status).toBe(403);
    },
  );

  it('does not exist unless it is asked for', async () => {
    const api = await testApi();
    expect((await api.call('POST', '/dev/login', { json: {} })).status).toBe(404);
  });

  it('gives tokens that another process does not take', async () => {
    const [one, other] = await Promise.all([localApi(), localApi()]);
    const login = await one.call('POST', '/dev/login', {
      json: { name: 'ada', roles: ['auditor'] },
      headers: { host: '[::1]:8080' },
    });
    const { token } = (await login.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await other.call('GET', '/admin/requests', { headers })).status).toBe(401);
  });
});
