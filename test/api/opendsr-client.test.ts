import { serve, type ServerType } from '@hono/node-server';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../lib/api/app.ts';
import { nodeConnection } from '../../lib/api/http/connections.ts';
import { openDsrBody, testApi, type TestApi } from './fixture.ts';
import { OpenDsrClient } from './opendsr-client.ts';

let server: ServerType | undefined;
afterEach(() => server?.close());

/** The whole API over real HTTP on loopback. */
async function start(
  tamper?: (body: Buffer) => Buffer,
): Promise<{ api: TestApi; client: OpenDsrClient }> {
  const port = await freePort();
  const baseUrl = `http://127.0.0.1:${port}`;
  const api = await testApi({ connection: nodeConnection });
  const processor = { ...api.options.processor, baseUrl };
  const app = createApi({ ...api.options, processor });
  const fetch = async (request: Request, bindings: object) => {
    const reply = await app.fetch(request, bindings);
    if (tamper === undefined || !request.url.includes('/requests')) return reply;
    return new Response(new Uint8Array(tamper(Buffer.from(await reply.arrayBuffer()))), reply);
  };
  await new Promise((listening) => {
    server = serve({ fetch, port, hostname: '127.0.0.1' }, listening);
  });
  const client = new OpenDsrClient(`${baseUrl}/v2`, 'dsr.example.com', {
    'X-Api-Key': api.agentKey,
  });
  return { api, client };
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

describe('an OpenDSR client written from the specification', () => {
  it('finds out what is supported, creates, follows and cancels, verifying every answer', async () => {
    const { client } = await start();
    expect(await client.discover()).toMatchObject({ api_version: '2.0' });
    const id = randomUUID();
    const request = openDsrBody(id);
    const created = await client.create(request);
    expect(created).toMatchObject({ subject_request_id: id, controller_id: 'controller-1' });
    const echoed = Buffer.from(String(created['encoded_request']), 'base64').toString();
    expect(JSON.parse(echoed)).toEqual(request);
    expect(await client.status(id)).toMatchObject({ request_status: 'pending' });
    expect(await client.cancel(id)).toMatchObject({ subject_request_id: id, api_version: '2.0' });
    expect(await client.status(id)).toMatchObject({ request_status: 'cancelled' });
  });

  it('gets the same answer for the same request', async () => {
    const { client } = await start();
    const request = openDsrBody(randomUUID());
    expect(await client.create(request)).toEqual(await client.create(request));
  });

  it('sees the request move on', async () => {
    const { api, client } = await start();
    const id = randomUUID();
    await client.create(openDsrBody(id));
    const statuses = [];
    for (const lifecycle of ['IN_PROGRESS', 'VERIFYING', 'COMPLETED'] as const) {
      const request = (await api.desk.load(id))!;
      const { version } = request;
      await api.deps.requests.save({
        request: { ...request, version: version + 1, lifecycle },
        expectedVersion: version,
        audit: [],
      });
      statuses.push((await client.status(id))['request_status']);
    }
    expect(statuses).toEqual(['in_progress', 'in_progress', 'completed']);
    await expect(client.cancel(id)).rejects.toThrow('not-pending');
  });

  it('notices an answer that was altered on its way', async () => {
    const { client } = await start((body) => Buffer.concat([body, Buffer.from(' ')]));
    await expect(client.create(openDsrBody(randomUUID()))).rejects.toThrow('bad signature');
  });
});
