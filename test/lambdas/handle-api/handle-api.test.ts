import type { APIGatewayProxyResult } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiLog, handleApi } from '../../../lambdas/handle-api/handle-api.ts';
import { createApi } from '../../../lib/api/app.ts';
import { apiGatewayConnection } from '../../../lib/api/http/connections.ts';
import { verifySigned } from '../../../lib/api/opendsr/verify-signed.ts';
import { makeLink } from '../../../lib/core/notices/subject-links.ts';
import { certificates } from '../../api/certificates.ts';
import { openDsrBody, START, testApi, uuid, type TestApi } from '../../api/fixture.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { gatewayCall } from '../gateway-call.ts';

const ID = uuid('one');
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe, 0x00]);

describe('the API behind API Gateway', () => {
  let api: TestApi;
  let log: ReturnType<typeof recordingLog>;
  let meter: ReturnType<typeof recordingMeter>;
  let handle: (event: unknown) => Promise<APIGatewayProxyResult>;
  const through = (baseUrl: string) =>
    handleApi({
      app: createApi({
        ...api.options,
        connection: apiGatewayConnection,
        log: apiLog(log, meter),
        openPackage: () => Promise.resolve(ReadableStream.from([ZIP])),
        rates: {
          byAddress: { capacity: 3, perSecond: 0.001 },
          byCaller: { capacity: 1_000, perSecond: 1 },
        },
      }),
      baseUrl,
      log,
      meter,
    });
  const headerOf = ({ multiValueHeaders }: APIGatewayProxyResult, name: string) =>
    multiValueHeaders?.[name]?.[0];
  const create = (init: Parameters<typeof gatewayCall>[2] = {}) =>
    gatewayCall('POST', '/v2/requests', {
      headers: { 'X-Api-Key': api.agentKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(openDsrBody(ID)),
      ...init,
    });

  beforeEach(async () => {
    api = await testApi();
    log = recordingLog();
    meter = recordingMeter();
    handle = through('https://abcdef1234.execute-api.eu-central-1.amazonaws.com/v1');
  });

  it.each([false, true])('takes a request in, signed over the raw body (base64: %s)', async (b) => {
    const answer = await handle(create({ base64: b }));
    expect(answer.statusCode).toBe(201);
    expect(answer.isBase64Encoded).toBe(false);
    const headers = new Headers(
      Object.entries(answer.multiValueHeaders ?? {}).map(([name, values]): [string, string] => [
        name,
        String(values[0]),
      ]),
    );
    const trusted = {
      certificates: { 'dsr.example.com': certificates.leafPem },
      authorities: [certificates.caPem],
    };
    const body = Buffer.from(answer.body);
    expect(verifySigned(trusted, headers, body, new Date('2026-02-01')).kind).toBe('valid');
    expect(JSON.parse(answer.body)).toMatchObject({
      subject_request_id: ID,
      encoded_request: Buffer.from(JSON.stringify(openDsrBody(ID))).toString('base64'),
    });
  });

  it('answers a package as the bytes it is', async () => {
    await handle(create());
    const request = (await api.desk.load(ID))!;
    await api.deps.requests.save({
      request: {
        ...request,
        version: request.version + 1,
        package: { reference: 'packages/one', expiresAt: START + 86_400_000 },
      },
      expectedVersion: request.version,
      audit: [],
    });
    const link = makeLink(api.options.linkKey, 'package', ID, START + 86_400_000);
    const answer = await handle(gatewayCall('POST', `/subject/package/${link}`));
    expect(answer.statusCode).toBe(200);
    expect(headerOf(answer, 'content-type')).toBe('application/zip');
    expect(answer.isBase64Encoded).toBe(true);
    expect(Buffer.from(answer.body, 'base64').equals(ZIP)).toBe(true);
  });

  it('counts calls by the address that API Gateway saw, whatever the headers claim', async () => {
    const from = (sourceIp: string, claimed: string) =>
      handle(
        gatewayCall('GET', '/v2/discovery', {
          sourceIp,
          headers: { 'X-Forwarded-For': claimed, 'CF-Connecting-IP': claimed, Forwarded: claimed },
        }),
      );
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) {
      statuses.push((await from('203.0.113.9', `198.51.100.${call}`)).statusCode);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect((await from('203.0.113.10', '203.0.113.9')).statusCode).toBe(200);
  });

  it('knows an agent by the principal that API Gateway verified, not by a header', async () => {
    const userArn = 'arn:aws:iam::111122223333:role/agent';
    const headers = { 'Content-Type': 'application/json' };
    expect((await handle(create({ headers, userArn }))).statusCode).toBe(201);
    const claimed = { ...headers, userArn, 'x-amzn-iam-user-arn': userArn };
    expect((await handle(create({ headers: claimed }))).statusCode).toBe(401);
  });

  it('serves its routes below a base path of a domain of one’s own, and without one', async () => {
    const below = through('https://privacy.example.com/dsr');
    expect((await below(gatewayCall('GET', '/dsr/v2/discovery'))).statusCode).toBe(200);
    expect((await below(gatewayCall('GET', '/v2/discovery'))).statusCode).toBe(200);
    expect((await below(gatewayCall('GET', '/dsrs/v2/discovery'))).statusCode).toBe(404);
  });

  it('refuses what HTTP does not allow, without a word of it in answer or log', async () => {
    const bad = [
      null,
      'call',
      {},
      gatewayCall('CONNECT', '/v2/discovery'),
      gatewayCall('GET', 'http://evil.example/'),
      gatewayCall('GET', '/canary\u0000'),
      gatewayCall('GET', '/v2/discovery', { body: 'canary' }),
      gatewayCall('GET', '/v2/discovery', { headers: { 'bad name': 'canary' } }),
      gatewayCall('GET', '/v2/discovery', { headers: { accept: 'canary\r\nx: y' } }),
      { ...create(), body: '***canary', isBase64Encoded: true },
      { ...create(), requestContext: {} },
    ];
    for (const event of bad) {
      const answer = await handle(event);
      expect(answer.statusCode).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 400 } });
      expect(JSON.stringify([answer, log.lines])).not.toContain('canary');
    }
  });

  it('tells operations and outcomes to the log, and faults to the alarms', async () => {
    await handle(create());
    expect(log.lines).toContainEqual({
      message: 'Call answered',
      fields: { operationId: 'createRequest', statusCode: 201, caller: 'agent' },
    });
    api.deps.requests.load = () => Promise.reject(new TypeError('canary'));
    const answer = await handle(create());
    expect(answer.statusCode).toBe(500);
    expect(meter.sums.ApiFaults).toBe(1);
    expect(JSON.stringify([answer, log.lines])).not.toContain('canary');
  });
});
