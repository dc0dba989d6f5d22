import { describe, expect, it } from 'vitest';
import { verifySigned } from '../../../lib/api/opendsr/verify-signed.ts';
import { certificates } from '../certificates.ts';
import { openDsrBody, testApi, uuid, type TestApi } from '../fixture.ts';

const trusted = {
  certificates: { 'dsr.example.com': certificates.leafPem },
  authorities: [certificates.caPem],
};

async function verified(reply: Response): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(await reply.arrayBuffer());
  const outcome = verifySigned(trusted, reply.headers, bytes, new Date('2026-02-01'));
  if (outcome.kind !== 'valid') throw new Error(outcome.reason);
  return outcome.value as Record<string, unknown>;
}

function create(api: TestApi, body: unknown, key = api.agentKey): Promise<Response> {
  return api.call('POST', '/v2/requests', { json: body, headers: { 'x-api-key': key } });
}

async function reasons(reply: Response): Promise<string[]> {
  const { error } = (await reply.json()) as {
    error: { code: number; errors: { reason: string }[] };
  };
  expect(error.code).toBe(reply.status);
  return error.errors.map(({ reason }) => reason);
}

describe('OpenDSR', () => {
  it('takes a request in and answers 201, signed over the raw body', async () => {
    const api = await testApi();
    const id = uuid('one');
    const reply = await create(api, openDsrBody(id));
    expect(reply.status).toBe(201);
    expect(reply.headers.get('x-opengdpr-signature')).toBe(
      reply.headers.get('x-opendsr-signature'),
    );
    const body = await verified(reply);
    expect(body).toEqual({
      controller_id: 'controller-1',
      expected_completion_time: expect.stringMatching(/^2026-03-0/) as string,
      received_time: '2026-01-31T12:00:00.000Z',
      encoded_request: Buffer.from(JSON.stringify(openDsrBody(id))).toString('base64'),
      subject_request_id: id,
    });
  });

  it('answers the same body with the same bytes, also later', async () => {
    const api = await testApi();
    const first = await create(api, openDsrBody(uuid('one')));
    api.clock.time += 60_000;
    const second = await create(api, openDsrBody(uuid('one')));
    expect(await second.text()).toBe(await first.text());
  });

  it('refuses another body under the same id, and keeps the first', async () => {
    const api = await testApi();
    const id = uuid('one');
    await create(api, openDsrBody(id));
    const reply = await create(api, openDsrBody(id, { subject_request_type: 'access' }));
    expect(reply.status).toBe(400);
    expect(await reasons(reply)).toEqual(['id-taken']);
    expect((await api.desk.load(id))?.type).toBe('erasure');
  });

  it('tells every fault at once, nothing of what was sent, and stores nothing', async () => {
    const api = await testApi();
    const id = uuid('one');
    const reply = await create(api, {
      ...openDsrBody(id),
      regulation: 'hipaa-secret@example.com',
      submitted_time: 'secret@example.com',
      subject_identities: [
        { identity_type: 'secret@example.com', identity_value: '', identity_format: 'raw' },
      ],
      status_callback_urls: ['http://secret.example.com/'],
    });
    expect(reply.status).toBe(400);
    const text = await reply.text();
    expect(text).not.toMatch(/secret/);
    const { error } = JSON.parse(text) as { error: { errors: { message: string }[] } };
    expect(error.errors.map(({ message }) => message.split(':')[0])).toEqual([
      'body.regulation',
      'body.submitted_time',
      'body.subject_identities.0.identity_type',
      'body.subject_identities.0.identity_value',
      'body.status_callback_urls.0',
    ]);
    expect(await api.desk.load(id)).toBeUndefined();
  });

  it('refuses identities that it does not support, by their place', async () => {
    const api = await testApi();
    const reply = await create(
      api,
      openDsrBody(uuid('one'), {
        subject_identities: [
          { identity_type: 'email', identity_value: 'a'.repeat(40), identity_format: 'sha1' },
          { identity_type: 'android_id', identity_value: 'x', identity_format: 'raw' },
        ],
      }),
    );
    expect(reply.status).toBe(400);
    expect(await reasons(reply)).toEqual(['unsupported-identity', 'unsupported-identity']);
  });

  it('asks for identities, and takes those of our own extension', async () => {
    const api = await testApi();
    const without = openDsrBody(uuid('one'), { subject_identities: undefined });
    expect(await reasons(await create(api, without))).toEqual(['no-identity']);
    const extension = { identities: [{ identifier: 'customer_id', value: '12345' }] };
    const extensions = { 'dsr.example.com': extension, 'other.example.com': { any: 'thing' } };
    expect((await create(api, { ...without, extensions })).status).toBe(201);
  });

  it('says nothing of an extension but where it is wrong', async () => {
    const api = await testApi();
    const extensions = { 'dsr.example.com': { 'secret@example.com': 1 } };
    const reply = await create(api, openDsrBody(uuid('one'), { extensions }));
    expect(reply.status).toBe(400);
    expect(await reply.text()).not.toContain('secret');
  });

  it('shows the status to the controller whose request it is, to nobody else', async () => {
    const api = await testApi();
    const id = uuid('one');
    await create(api, openDsrBody(id));
    for (const path of [`/v2/requests/${id}`, `/v2/status/${id}`, `/opengdpr_requests/${id}`]) {
      const own = await api.call('GET', path, { headers: { 'x-api-key': api.agentKey } });
      expect(own.status).toBe(200);
      expect(await verified(own)).toMatchObject({
        controller_id: 'controller-1',
        subject_request_id: id,
        request_status: 'pending',
        api_version: '2.0',
      });
      const other = await api.call('GET', path, { headers: { 'x-api-key': api.otherKey } });
      expect(other.status).toBe(404);
    }
  });

  it('withdraws a pending request with 202, and again, and not another’s', async () => {
    const api = await testApi();
    const id = uuid('one');
    await create(api, openDsrBody(id));
    const path = `/v2/requests/${id}`;
    const other = await api.call('DELETE', path, { headers: { 'x-api-key': api.otherKey } });
    expect(other.status).toBe(404);
    for (let round = 0; round < 2; round++) {
      const reply = await api.call('DELETE', path, { headers: { 'x-api-key': api.agentKey } });
      expect(reply.status).toBe(202);
      expect(await verified(reply)).toMatchObject({ subject_request_id: id, api_version: '2.0' });
    }
    const status = await api.call('GET', path, { headers: { 'x-api-key': api.agentKey } });
    expect(await verified(status)).toMatchObject({ request_status: 'cancelled' });
  });

  it('does not withdraw what is no longer pending', async () => {
    const api = await testApi();
    const id = uuid('one');
    await create(api, openDsrBody(id));
    const request = (await api.desk.load(id))!;
    await api.deps.requests.save({
      request: { ...request, version: request.version + 1, lifecycle: 'IN_PROGRESS' },
      expectedVersion: request.version,
      audit: [],
    });
    const reply = await api.call('DELETE', `/v2/requests/${id}`, {
      headers: { 'x-api-key': api.agentKey },
    });
    expect(reply.status).toBe(400);
    expect(await reasons(reply)).toEqual(['not-pending']);
  });

  it('describes itself, under the old name too, with a certificate on its own domain', async () => {
    const api = await testApi();
    for (const path of ['/v2/discovery', '/discovery']) {
      const reply = await api.call('GET', path);
      expect(await reply.json()).toEqual({
        api_version: '2.0',
        supported_identities: [
          { identity_type: 'email', identity_format: 'raw' },
          { identity_type: 'controller_customer_id', identity_format: 'raw' },
        ],
        supported_subject_request_types: ['access', 'portability', 'erasure'],
        processor_certificate: 'https://dsr.example.com/cert.pem',
      });
    }
    const certificate = await api.call('GET', '/cert.pem');
    expect(await certificate.text()).toContain('BEGIN CERTIFICATE');
  });

  it('asks the subject by mail when the agent does not vouch, and not when it does', async () => {
    const api = await testApi();
    await create(api, openDsrBody(uuid('vouched')));
    await create(api, openDsrBody(uuid('not')), api.otherKey);
    expect((await api.desk.load(uuid('vouched')))?.identity.kind).toBe('VOUCHED');
    const pending = await api.desk.load(uuid('not'));
    expect(pending?.identity.kind).toBe('PENDING');
    expect(pending?.outbox).toMatchObject([{ notice: 'verify-identity' }]);
  });

  it('takes no request from who cannot be told', async () => {
    const api = await testApi();
    const forged = `${api.agentKey.slice(0, -1)}${api.agentKey.endsWith('A') ? 'B' : 'A'}`;
    for (const key of ['', 'x', forged, `lethe_${'0'.repeat(16)}_${'A'.repeat(43)}`]) {
      const reply = await create(api, openDsrBody(uuid('one')), key);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('x-opendsr-signature')).toBeNull();
    }
    expect(await api.desk.load(uuid('one'))).toBeUndefined();
  });

  it('takes an IAM principal that API Gateway has verified', async () => {
    const api = await testApi({
      connection: () => ({ principal: 'arn:aws:iam::111122223333:role/agent' }),
    });
    const reply = await api.call('POST', '/v2/requests', { json: openDsrBody(uuid('one')) });
    expect(reply.status).toBe(201);
  });
});
