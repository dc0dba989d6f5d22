import { createServer, type Server } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pinnedPost, type PinnedPostOptions } from '../../../lib/api/callbacks/pinned-post.ts';
import { signedCallbacks } from '../../../lib/api/callbacks/signed-callbacks.ts';
import { verifySigned } from '../../../lib/api/opendsr/verify-signed.ts';
import { certificates, makeCertificates } from '../certificates.ts';
import { openDsrBody, testApi, uuid } from '../fixture.ts';

const URL_OF_CONTROLLER = 'https://controller.example.com/callbacks?for=1';

interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

let server: Server;
let port = 0;
let ca: string[] = [];
let received: Received[] = [];
let reply: { status: number; headers?: Record<string, string>; hang?: boolean; flood?: boolean };

beforeAll(async () => {
  const tls = await makeCertificates('controller.example.com', { bits: 2048 });
  ca = [tls.caPem];
  const key = tls.leafKey.export({ type: 'pkcs8', format: 'pem' });
  server = createServer({ key, cert: tls.leafPem }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      if (reply.hang === true) return;
      response.writeHead(reply.status, reply.headers);
      if (reply.flood !== true) return response.end('thanks');
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Loopback stands for the public internet here; everything else is as in production. */
async function send(change: Partial<PinnedPostOptions> = {}, url = URL_OF_CONTROLLER) {
  received = [];
  const api = await testApi();
  const id = uuid('one');
  const headers = { 'x-api-key': api.agentKey };
  await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers });
  const post = pinnedPost({
    resolve: () => Promise.resolve(['127.0.0.1']),
    mayConnectTo: (address) => address === '127.0.0.1',
    port,
    ca,
    ...change,
  });
  const callbacks = signedCallbacks(api.options.processor, post);
  return callbacks.post({ url, status: 'in_progress' }, (await api.desk.load(id))!);
}

describe('a status callback', () => {
  it('arrives signed, with the URL it went to, and verifies as a receiver must', async () => {
    reply = { status: 202 };
    expect(await send()).toEqual({ kind: 'accepted' });
    const [{ url, headers, body }] = received as [Received];
    expect(url).toBe('/callbacks?for=1');
    expect(headers.host).toBe('controller.example.com');
    const trusted = {
      certificates: { 'dsr.example.com': certificates.leafPem },
      authorities: [certificates.caPem],
    };
    const given = new Headers(headers as Record<string, string>);
    const now = new Date('2026-02-01');
    const outcome = verifySigned(trusted, given, body, now, URL_OF_CONTROLLER);
    expect(outcome).toEqual({
      kind: 'valid',
      value: {
        controller_id: 'controller-1',
        expected_completion_time: expect.any(String) as string,
        subject_request_id: uuid('one'),
        request_status: 'in_progress',
        api_version: '2.0',
        status_callback_url: URL_OF_CONTROLLER,
      },
    });
    expect(verifySigned(trusted, given, body, now, 'https://other.example/')).toMatchObject({
      reason: 'not-for-us',
    });
  });

  it.each([200, 201, 204])('is accepted by a %i', async (status) => {
    reply = { status };
    expect(await send()).toEqual({ kind: 'accepted' });
  });

  it.each([400, 401, 404, 429, 500, 503])('is to be sent again after a %i', async (status) => {
    reply = { status };
    expect(await send()).toEqual({ kind: 'failed', code: `http-${status}` });
  });

  it('is given up after a 410', async () => {
    reply = { status: 410 };
    expect(await send()).toEqual({ kind: 'undeliverable', code: 'http-410' });
  });

  it('follows no redirect', async () => {
    reply = { status: 302, headers: { location: `https://127.0.0.1:${port}/stolen` } };
    expect(await send()).toEqual({ kind: 'failed', code: 'http-302' });
    expect(received).toHaveLength(1);
  });

  it('does not wait for ever', async () => {
    reply = { status: 200, hang: true };
    expect(await send({ timeout: 200 })).toEqual({ kind: 'failed', code: 'timeout' });
  });

  it('does not read an endless answer', async () => {
    reply = { status: 200, flood: true };
    expect(await send()).toEqual({ kind: 'accepted' });
  });

  it('goes nowhere when one of the addresses behind the name is not public', async () => {
    const resolve = () => Promise.resolve(['93.184.215.14', '169.254.169.254']);
    reply = { status: 200 };
    const outcome = await send({ resolve, mayConnectTo: undefined as never });
    expect(outcome).toEqual({ kind: 'undeliverable', code: 'address' });
    expect(received).toEqual([]);
  });

  it('goes to the address that was checked, though the name changes its mind', async () => {
    reply = { status: 200 };
    let asked = 0;
    const resolve = () => Promise.resolve([asked++ === 0 ? '127.0.0.1' : '10.0.0.1']);
    expect(await send({ resolve })).toEqual({ kind: 'accepted' });
    expect(asked).toBe(1);
  });

  it('goes nowhere for a URL that slipped in before the rules', async () => {
    expect(await send({}, 'https://localhost/')).toEqual({
      kind: 'undeliverable',
      code: 'url-local-name',
    });
  });

  it('is not sent to a server whose certificate is not the name’s', async () => {
    expect(await send({}, 'https://other.example.com/')).toEqual({
      kind: 'failed',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(await send({ ca: [certificates.caPem] })).toMatchObject({ kind: 'failed' });
    expect(received).toEqual([]);
  });

  it('is to be sent again when the name is not resolved', async () => {
    const failed = { kind: 'failed', code: 'name-not-resolved' };
    expect(await send({ resolve: () => Promise.reject(new Error('SERVFAIL')) })).toEqual(failed);
    expect(await send({ resolve: () => Promise.resolve([]) })).toEqual(failed);
  });
});
