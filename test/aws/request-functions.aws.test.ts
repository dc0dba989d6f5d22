import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { executeTasks } from '../../lambdas/execute-tasks/execute-tasks.ts';
import { auditArchive } from '../../lambdas/export-audit/audit-archive.ts';
import { exportAudit } from '../../lambdas/export-audit/export-audit.ts';
import { connectApi } from '../../lambdas/handle-api/connect-api.ts';
import { handleApiEnv } from '../../lambdas/handle-api/env.ts';
import { handleApi } from '../../lambdas/handle-api/handle-api.ts';
import { mergeEvents } from '../../lambdas/merge-events/merge-events.ts';
import { orchestrateRequests } from '../../lambdas/orchestrate-requests/orchestrate-requests.ts';
import { relayChanges } from '../../lambdas/relay-changes/relay-changes.ts';
import { connectDrive } from '../../lambdas/runtime/connect/drive.ts';
import { buryAs, connectLetters } from '../../lambdas/runtime/connect/letters.ts';
import { connectOpener } from '../../lambdas/runtime/connect/messages.ts';
import { connectRecords } from '../../lambdas/runtime/connect/records.ts';
import { deadLettersEnv, driveEnv } from '../../lambdas/runtime/engine-env.ts';
import { readEnv } from '../../lambdas/runtime/env.ts';
import { serveSamples } from '../../lambdas/serve-samples/serve-samples.ts';
import { watchDeadlines } from '../../lambdas/watch-deadlines/watch-deadlines.ts';
import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { kinesisEventStream } from '../../lib/aws/messaging/kinesis-event-stream.ts';
import { changeEventOf } from '../../lib/aws/requests/record-items.ts';
import { auditEntryOf, requestIdOf } from '../../lib/aws/requests/request-items.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import { verifyChain } from '../../lib/core/audit/chain.ts';
import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import { packageUrl } from '../../lib/core/notices/site.ts';
import { changePublisher } from '../../lib/core/services/change-publisher.ts';
import { dataMap as fullMap } from '../../lib/data-map.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { recordingLog, recordingMeter } from '../fakes/recording-log.ts';
import { gatewayCall } from '../lambdas/gateway-call.ts';
import { kinesisEvent, tableEvent } from '../lambdas/stream-events.ts';
import {
  itemsOf,
  LINK_KEY,
  makeRequestResources,
  pathStyle,
  readerOf,
  SITE,
} from './request-resources.ts';
import { standIn } from './stand-in.ts';

const NAME = 'test';
const ID = randomUUID();
const LONG = (): number => 600_000;
const clock = { now: () => Date.now() };
const telling = { log: recordingLog(), meter: recordingMeter() };
/** Services alone: the archive has an executor of its own. */
const dataMap = defineDataMap({
  ...fullMap,
  stores: Object.fromEntries(
    Object.entries(fullMap.stores).filter(([, { kind }]) => kind === 'service'),
  ),
});

describe('the functions of requests on AWS’s stand-in', () => {
  const env: Record<string, string> = {};
  let lambda: Server;

  beforeAll(async () => {
    const { credentials, region, endpoint } = standIn();
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', await openLambda());
    await makeRequestResources(env);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    lambda.close();
  });

  /** Answers calls of the sample services' functions, by the function's name in the path. */
  async function openLambda(): Promise<string> {
    lambda = createServer((request, response) => {
      void (async () => {
        const name = decodeURIComponent(request.url ?? '')
          .split('/')[3]
          ?.split(':')
          .at(-1);
        const service = SAMPLE_SERVICES.find((one) => one.name === name)!;
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array);
        const event: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        const table = connectRecords(NAME, { RECORDS_TABLE: env['RECORDS_TABLE']! });
        const deps = { table, clock, dataMap };
        response.end(JSON.stringify(await serveSamples(event, { service, deps, ...telling })));
      })();
    });
    await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  }

  it('take an access request from intake to its package, audited and told', async () => {
    const table = connectRecords(NAME, { RECORDS_TABLE: env['RECORDS_TABLE']! });
    const [person] = await seedPeople({ table, dataMap }, { seed: 1, from: 1, count: 1 });
    const drive = readEnv({ ...driveEnv, ...deadLettersEnv }, env);
    const { deps, packaging } = await connectDrive(NAME, drive, dataMap);
    const { open, messageSecret } = await connectOpener(NAME, drive, dataMap);
    const letters = connectLetters(NAME, drive, deps.keys);
    const kinesis = createKinesisClient();
    const events = kinesisEventStream(kinesis, env['EVENT_STREAM']!, messageSecret);

    const apiEnv = readEnv(handleApiEnv, env);
    const app = await connectApi(NAME, apiEnv, dataMap, {
      answered: () => undefined,
      failed: ({ errorName }) => expect.fail(errorName),
    });
    const handle = handleApi({ app, baseUrl: SITE.baseUrl, ...telling });
    const body = JSON.stringify({
      regulation: 'gdpr',
      subject_request_id: ID,
      subject_request_type: 'access',
      submitted_time: '2026-01-05T12:00:00Z',
      subject_identities: [
        { identity_type: 'email', identity_value: person!.email, identity_format: 'raw' },
      ],
      api_version: '2.0',
    });
    const headers = { 'X-Api-Key': env['API_KEY']!, 'Content-Type': 'application/json' };
    const created = await handle(gatewayCall('POST', '/v2/requests', { headers, body }));
    expect([created.statusCode, created.body]).toEqual([201, expect.anything()]);

    const fetchGathered = (): never => expect.fail('samples answer with what they gathered');
    const kinesisClient = new KinesisClient(standIn());
    const tasks = readerOf(kinesisClient, env['TASK_STREAM']!);
    const told = readerOf(kinesisClient, env['EVENT_STREAM']!);
    const areas = new Set(Object.values(dataMap.stores).map(({ area }) => area));
    for (let round = 0; round < 12; round++) {
      const items = tableEvent(await itemsOf(env['REQUESTS_TABLE']!));
      await orchestrateRequests(items, LONG, { deps, requestIdOf, ...telling });
      const orders = kinesisEvent(await tasks());
      for (const area of areas) {
        await executeTasks(orders, LONG, {
          ...{ deps: { ...deps, events, fetchGathered }, area, open, ...telling },
          bury: buryAs(letters, `executor-${area}`, 'tasks'),
        });
      }
      const stream = kinesisRecordStream(kinesis, env['EVENT_STREAM']!);
      await relayChanges(tableEvent(await itemsOf(env['RECORDS_TABLE']!)), {
        ...{ events: changePublisher(stream, messageSecret), changeEventOf, ...telling },
      });
      const bury = buryAs(letters, 'completion', 'events');
      await mergeEvents(kinesisEvent(await told()), { deps, open, bury, ...telling });
      const watching = { deps, expiries: [], clock, ...telling };
      await watchDeadlines({ work: 'drive' }, LONG, watching);
      const request = await deps.requests.load(ID);
      if (request?.closedAt !== undefined) break;
    }

    const request = await deps.requests.load(ID);
    expect(request).toMatchObject({ lifecycle: 'COMPLETED', outbox: [] });
    expect(request?.receipt).toBeDefined();
    expect(await deps.keys.get(`request/${ID}`)).toMatchObject({ kind: 'destroyed' });

    // The package, by the link of the mail, with the person's data inside.
    const url = packageUrl({ ...SITE, linkKey: LINK_KEY }, ID, request!.package!.expiresAt);
    const path = new URL(url).pathname;
    const zip = await handle(gatewayCall('POST', path));
    expect(zip.statusCode).toBe(200);
    expect(Buffer.from(zip.body, 'base64').subarray(0, 2).toString()).toBe('PK');
    expect(packaging.lifetime).toBe(7 * 86_400_000);

    // The audit, in the bucket.
    const objects = s3ObjectStore(new S3Client(pathStyle()), env['AUDIT_BUCKET']!);
    const audit = { archive: auditArchive(objects), requests: deps.requests, auditEntryOf };
    const written = tableEvent(await itemsOf(env['REQUESTS_TABLE']!));
    await exportAudit(written, { ...audit, ...telling });
    const entries: AuditEntry[] = [];
    for await (const { key } of objects.list('audit/')) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of (await objects.get(key))!.body) chunks.push(chunk);
      entries.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as AuditEntry);
    }
    expect(verifyChain(ID, entries, request!.audit)).toMatchObject({ kind: 'whole' });
    expect(telling.meter.sums).toMatchObject({ AuditGaps: 0, LettersBuried: 0, RequestsFailed: 0 });
    expect(JSON.stringify(telling.log.lines)).not.toContain(person!.email);
  });
});
