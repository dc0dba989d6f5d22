import { describe, expect, it } from 'vitest';
import type { Role } from '../../../lib/api/auth/caller.ts';
import { detailSchema, pageSchema } from '../../../lib/api/admin/schemas.ts';
import { openDsrBody, testApi, uuid, type TestApi } from '../fixture.ts';

const id = uuid('one');

async function filed(): Promise<TestApi> {
  const api = await testApi();
  const headers = { 'x-api-key': api.agentKey };
  const reply = await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers });
  expect(reply.status).toBe(201);
  return api;
}

async function as(
  api: TestApi,
  roles: readonly Role[],
  method: string,
  path: string,
  json?: unknown,
  sub?: string,
): Promise<Response> {
  const headers = { authorization: `Bearer ${await api.token(roles, sub)}` };
  return api.call(method, path, { headers, ...(json !== undefined && { json }) });
}

const COMMANDS: [command: string, body: object, role: Role][] = [
  ['approve', {}, 'approver'],
  ['reject', { reason: 'no-match' }, 'approver'],
  ['undo', { reason: 'mistake' }, 'approver'],
  ['lift', { reason: 'over' }, 'approver'],
  ['pause', { reason: 'asked-legal' }, 'operator'],
  ['hold', { reason: 'court-case' }, 'operator'],
  ['release', {}, 'operator'],
  ['extend', { reason: 'complexity' }, 'operator'],
  ['pause-clock', { reason: 'clarification' }, 'operator'],
  ['resume-clock', {}, 'operator'],
  ['retry', {}, 'operator'],
  ['cancel', { reason: 'asked' }, 'operator'],
];

describe('the administrators’ API', () => {
  it('lets each role do its part and no other', async () => {
    const api = await filed();
    for (const [command, body, role] of COMMANDS) {
      const path = `/admin/requests/${id}/${command}`;
      for (const other of ['auditor', 'operator', 'approver'] as const) {
        const reply = await as(api, [other], 'POST', path, body);
        if (other === role) expect([200, 409]).toContain(reply.status);
        else expect(reply.status).toBe(403);
      }
    }
    for (const path of [
      '/admin/requests',
      `/admin/requests/${id}`,
      `/admin/requests/${id}/audit`,
    ]) {
      for (const role of ['auditor', 'operator', 'approver'] as const) {
        expect((await as(api, [role], 'GET', path)).status).toBe(200);
      }
      expect((await as(api, [], 'GET', path)).status).toBe(403);
    }
  });

  it('may be called by the dashboard’s pages, by no other site’s', async () => {
    const api = await testApi({ dashboardOrigins: ['https://privacy.example.com'] });
    const allowed = async (path: string, origin: string) => {
      const headers = { origin, 'access-control-request-method': 'GET' };
      const reply = await api.call('OPTIONS', path, { headers });
      return reply.headers.get('access-control-allow-origin');
    };
    const own = 'https://privacy.example.com';
    expect(await allowed('/admin/requests', own)).toBe(own);
    expect(await allowed('/admin/requests', 'https://evil.example')).toBeNull();
    expect(await allowed('/v2/requests', own)).toBeNull();
    const headers = { origin: own, authorization: `Bearer ${await api.token(['auditor'])}` };
    const reply = await api.call('GET', '/admin/requests', { headers });
    expect(reply.headers.get('access-control-allow-origin')).toBe(own);
  });

  it('takes agents’ keys and no credentials for nothing', async () => {
    const api = await filed();
    const credentials: Record<string, string>[] = [
      {},
      { 'x-api-key': api.agentKey },
      { authorization: 'Bearer x' },
    ];
    for (const headers of credentials) {
      const reply = await api.call('GET', '/admin/requests', { headers });
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('approves, once by each, and tells in the audit who did', async () => {
    const api = await filed();
    expect((await api.desk.load(id))?.lifecycle).toBe('AWAITING_APPROVAL');
    const path = `/admin/requests/${id}/approve`;
    const reply = await as(api, ['approver'], 'POST', path, {}, 'ada');
    expect(reply.status).toBe(200);
    const detail = detailSchema.parse(await reply.json());
    expect(detail.approvals).toEqual([{ by: 'ada', at: '2026-01-31T12:00:00.000Z' }]);
    expect((await as(api, ['approver'], 'POST', path, {}, 'ada')).status).toBe(409);
    const audit = await as(api, ['auditor'], 'GET', `/admin/requests/${id}/audit`);
    const { entries } = (await audit.json()) as { entries: { actor: unknown }[] };
    expect(entries.map(({ actor }) => actor)).toContainEqual({ kind: 'administrator', id: 'ada' });
  });

  it('asks for a reason that is a code, so that no free text reaches the audit', async () => {
    const api = await filed();
    for (const reason of ['Free text of a person', '', 'x'.repeat(65), 1, undefined, '-a']) {
      const reply = await as(api, ['operator'], 'POST', `/admin/requests/${id}/cancel`, { reason });
      expect(reply.status).toBe(400);
    }
    expect((await api.desk.load(id))?.lifecycle).toBe('AWAITING_APPROVAL');
  });

  it('answers 404 for a request that does not exist', async () => {
    const api = await filed();
    const path = `/admin/requests/${uuid('no')}`;
    expect((await as(api, ['auditor'], 'GET', path)).status).toBe(404);
    expect((await as(api, ['operator'], 'POST', `${path}/cancel`, { reason: 'a' })).status).toBe(
      404,
    );
    expect((await as(api, ['auditor'], 'GET', `${path}/receipt`)).status).toBe(404);
  });

  it('lists by filters and pages, every request once', async () => {
    const api = await testApi();
    const ids = Array.from({ length: 7 }, (_, index) => uuid(String(index)));
    for (const [index, one] of ids.entries()) {
      api.clock.time += 1_000;
      const body = openDsrBody(one, {
        subject_request_type: index % 2 === 0 ? 'access' : 'erasure',
        subject_identities: [
          {
            identity_type: 'email',
            identity_value: `p${index}@example.com`,
            identity_format: 'raw',
          },
        ],
      });
      await api.call('POST', '/v2/requests', {
        json: body,
        headers: { 'x-api-key': api.agentKey },
      });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: '3', ...(cursor !== undefined && { cursor }) });
      const reply = await as(api, ['auditor'], 'GET', `/admin/requests?${query.toString()}`);
      const page = pageSchema.parse(await reply.json());
      expect(page.requests.length).toBeLessThanOrEqual(3);
      seen.push(...page.requests.map((request) => request.id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([...ids].reverse());
    const erasures = await as(
      api,
      ['auditor'],
      'GET',
      '/admin/requests?type=erasure&lifecycle=AWAITING_APPROVAL,GRACE&regime=gdpr',
    );
    expect(pageSchema.parse(await erasures.json()).requests).toHaveLength(3);
  });

  it('refuses filters that it does not know, and values out of bounds', async () => {
    const api = await testApi();
    for (const query of [
      'type=explosion',
      'lifecycle=RECEIVED,NOWHERE',
      'limit=0',
      'limit=101',
      'limit=1e2',
      'due_before=tomorrow',
      'unknown=1',
      'type=access&type=erasure',
      'cursor=%0d%0a',
    ]) {
      expect((await as(api, ['auditor'], 'GET', `/admin/requests?${query}`)).status).toBe(400);
    }
  });

  it('finds a data subject’s requests however the identity is written, and shows no identity', async () => {
    const api = await filed();
    const search = { identifier: 'email', value: ' GNOLL@example.com ' };
    const reply = await as(api, ['auditor'], 'POST', '/admin/searches', search);
    const text = await reply.text();
    expect(pageSchema.parse(JSON.parse(text)).requests.map((request) => request.id)).toEqual([id]);
    expect(text).not.toMatch(/gnoll/i);
    const other = { identifier: 'email', value: 'somebody@example.com' };
    const none = await as(api, ['auditor'], 'POST', '/admin/searches', other);
    expect(pageSchema.parse(await none.json()).requests).toEqual([]);
  });

  it('shows nothing sealed, hashed or personal of a request', async () => {
    const api = await filed();
    const text = await (await as(api, ['auditor'], 'GET', `/admin/requests/${id}`)).text();
    const { subject } = (await api.desk.load(id))!;
    expect(text).not.toMatch(/gnoll|ciphertext|nonce/);
    for (const hash of subject.hashes) expect(text).not.toContain(hash);
  });

  it('files a request of any of the six types for a data subject, once', async () => {
    const api = await testApi();
    const types = ['access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'];
    for (const type of types) {
      const body = {
        id: uuid(type),
        type,
        regime: 'gdpr',
        language: 'de',
        identities: [{ identifier: 'customer_id', value: '12345' }],
        email: 'gnoll@example.com',
        ...(type === 'rectification' && { corrections: { email: 'right@example.com' } }),
        identity_verified: false,
      };
      const first = await as(api, ['operator'], 'POST', '/admin/requests', body);
      expect(first.status).toBe(201);
      expect(detailSchema.parse(await first.json())).toMatchObject({
        type,
        lifecycle: 'AWAITING_IDENTITY',
        controller: 'admin-1',
      });
      expect((await as(api, ['operator'], 'POST', '/admin/requests', body)).status).toBe(201);
      const other = await as(api, ['operator'], 'POST', '/admin/requests', {
        ...body,
        regime: 'ccpa',
      });
      expect(other.status).toBe(409);
    }
  });

  it('refuses a request of an identifier or regime that nobody knows, and stores nothing', async () => {
    const api = await testApi();
    const body = {
      id,
      type: 'access',
      regime: 'lgpd',
      identities: [{ identifier: 'shoe_size', value: 'canary' }],
      identity_verified: true,
    };
    const reply = await as(api, ['operator'], 'POST', '/admin/requests', body);
    expect(reply.status).toBe(400);
    const text = await reply.text();
    expect(text).toMatch(/regime.*details\.identities\.0\.identifier/s);
    expect(text).not.toContain('canary');
    expect(await api.desk.load(id)).toBeUndefined();
  });
});
