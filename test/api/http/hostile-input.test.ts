import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../lib/api/app.ts';
import { parseStrictJson } from '../../../lib/api/http/strict-json.ts';
import { openDsrBody, testApi, uuid, type TestApi } from '../fixture.ts';

const SECRET = 'canary-7f3a@example.com';

function post(api: TestApi, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  return api.call('POST', '/v2/requests', {
    body,
    headers: { 'x-api-key': api.agentKey, 'content-type': type },
  });
}

async function reason(reply: Response): Promise<string | undefined> {
  const body = (await reply.json()) as { error: { errors: { reason: string }[] } };
  return body.error.errors[0]?.reason;
}

describe('a hostile body', () => {
  const id = uuid('one');
  const good = JSON.stringify(openDsrBody(id));

  it.each<[string, string | Uint8Array<ArrayBuffer>, number, string]>([
    ['is empty', '', 400, 'not-json'],
    ['is cut short', good.slice(0, -1), 400, 'not-json'],
    ['has something behind it', `${good} x`, 400, 'not-json'],
    ['begins with a byte order mark', `\ufeff${good}`, 400, 'not-json'],
    ['is no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'not-json'],
    ['is UTF-16', new Uint8Array(Buffer.from(good, 'utf16le')), 400, 'not-json'],
    ['has a trailing comma', good.replace('}', ',}'), 400, 'not-json'],
    ['has NaN', '{"a":NaN}', 400, 'not-json'],
    ['names a member twice', `{"regulation":"ccpa",${good.slice(1)}`, 400, 'duplicate-key'],
    [
      'names a member twice, once escaped',
      `{"regul\\u0061tion":"ccpa",${good.slice(1)}`,
      400,
      'duplicate-key',
    ],
    ['reaches for a prototype', `{"__proto__":{"a":1},${good.slice(1)}`, 400, 'unsafe-key'],
    ['is nested without end', '['.repeat(60_000), 400, 'too-deep'],
    ['is nested deeply and closed', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400, 'too-deep'],
    ['is too large', `"${'x'.repeat(70_000)}"`, 413, 'too-large'],
    ['is a number', '1', 400, 'invalid_type'],
    ['is a list', `[${good}]`, 400, 'invalid_type'],
  ])('that %s is refused', async (_, body, status, expected) => {
    const api = await testApi();
    const reply = await post(api, body);
    expect(reply.status).toBe(status);
    expect(await reason(reply)).toBe(expected);
    expect(await api.desk.load(id)).toBeUndefined();
  });

  it('is refused when it says to be something else, or says nothing', async () => {
    const api = await testApi();
    for (const type of [
      'text/plain',
      'application/json; charset=latin1',
      'application/jsonx',
      '',
    ]) {
      expect((await post(api, good, type)).status).toBe(415);
    }
    const compressed = await api.call('POST', '/v2/requests', {
      body: good,
      headers: {
        'x-api-key': api.agentKey,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
    });
    expect(compressed.status).toBe(415);
    expect((await post(api, good, 'application/json; charset=UTF-8')).status).toBe(201);
  });

  it('is cut off while it is read, whatever length it claims', async () => {
    const api = await testApi();
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(0x20));
      },
    });
    const reply = await api.app.fetch(
      new Request('https://dsr.example.com/v2/requests', {
        method: 'POST',
        headers: {
          'x-api-key': api.agentKey,
          'content-type': 'application/json',
          'content-length': '10',
        },
        body: endless,
        duplex: 'half',
      }),
      {},
    );
    expect(reply.status).toBe(413);
    expect(sent).toBeLessThan(200_000);
  });

  it('with control characters or line ends in an identity is refused', async () => {
    const api = await testApi();
    for (const value of ['a\r\nBcc: x@example.com', 'a\u0000b', '\u009fx', '\u007f']) {
      const identity = { identity_type: 'email', identity_value: value, identity_format: 'raw' };
      const reply = await post(
        api,
        JSON.stringify(openDsrBody(id, { subject_identities: [identity] })),
      );
      expect(reply.status).toBe(400);
    }
  });

  it('of any JSON at any member never makes a fault of ours, nor comes back', async () => {
    const api = await testApi();
    const members = Object.keys(openDsrBody(id));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...members, 'extensions', 'status_callback_urls'),
        fc.oneof(fc.jsonValue(), fc.constantFrom(SECRET, [SECRET], { [SECRET]: SECRET })),
        fc.uuid({ version: 4 }),
        async (member, value, fresh) => {
          const body = { ...openDsrBody(fresh), [member]: value };
          const reply = await post(api, JSON.stringify(body));
          expect([201, 400]).toContain(reply.status);
          if (reply.status === 400) expect(await reply.text()).not.toContain('canary');
        },
      ),
      { numRuns: 300 },
    );
    expect(JSON.stringify(api.log)).not.toMatch(/canary|failed|gnoll/);
  });
});

describe('strict JSON', () => {
  it('reads what JSON.parse reads, whenever names are unique', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = parseStrictJson(Buffer.from(JSON.stringify(value)));
        if (!parsed.ok) expect(parsed.reason).toBe('unsafe-key');
        else expect(JSON.stringify(parsed.value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:01.-eE truefalsn\\u')) }),
        (text) => {
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (!valid) expect(parseStrictJson(Buffer.from(text)).ok).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('every route', () => {
  it('answers rubbish with 4xx and the error object or a page, and security headers', async () => {
    const api = await testApi();
    const token = await api.token(['operator', 'approver', 'auditor']);
    for (const { method, path } of apiRoutes(api.options)) {
      for (const rubbish of ['..%2f..%2fetc', '%00', "' OR 1=1--", '%E0%A4%A', 'a'.repeat(3_000)]) {
        const reply = await api.call(
          method.toUpperCase(),
          `${path.replace(/\{\w+\}/g, rubbish)}?__proto__=1&x=%ff`,
          {
            ...(method === 'post' && { body: '{"x":' }),
            headers: {
              'content-type': 'application/json',
              'x-api-key': api.agentKey,
              authorization: `Bearer ${token}`,
            },
          },
        );
        expect(reply.status).toBeLessThan(500);
        expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
        expect(reply.headers.get('cache-control')).toBe('no-store');
        expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
      }
    }
  });

  it('that does not exist is a JSON 404, also for another method', async () => {
    const api = await testApi();
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/v2/requests'],
      ['DELETE', '/v2/discovery'],
      ['GET', '/v2/requests/'],
      ['OPTIONS', '/admin/requests'],
    ] as const) {
      const reply = await api.call(method, path);
      expect(reply.status).toBe(404);
      expect(await reason(reply)).toBe('no-route');
    }
  });

  it('hides a fault of ours and logs no more than its class', async () => {
    const api = await testApi({
      openPackage: () => Promise.reject(new Error(SECRET)),
      connection: () => ({}),
    });
    api.desk.load = () => Promise.reject(new TypeError(SECRET));
    const reply = await api.call('GET', `/v2/requests/${uuid('one')}`, {
      headers: { 'x-api-key': api.agentKey },
    });
    expect(reply.status).toBe(500);
    expect(await reply.text()).not.toContain('canary');
    expect(api.log).toEqual([{ operationId: 'requestStatus', errorName: 'TypeError' }]);
  });
});
