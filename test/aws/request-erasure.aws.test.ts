import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { executeTasks } from '../../lambdas/execute-tasks/execute-tasks.ts';
import { connectApi } from '../../lambdas/handle-api/connect-api.ts';
import { handleApiEnv } from '../../lambdas/handle-api/env.ts';
import { handleApi } from '../../lambdas/handle-api/handle-api.ts';
import { mergeEvents } from '../../lambdas/merge-events/merge-events.ts';
import { orchestrateRequests } from '../../lambdas/orchestrate-requests/orchestrate-requests.ts';
import { relayChanges } from '../../lambdas/relay-changes/relay-changes.ts';
import { clock } from '../../lambdas/runtime/connect/chance.ts';
import { connectDrive } from '../../lambdas/runtime/connect/drive.ts';
import { buryAs, connectLetters } from '../../lambdas/runtime/connect/letters.ts';
import { connectOpener } from '../../lambdas/runtime/connect/messages.ts';
import { connectRecords } from '../../lambdas/runtime/connect/records.ts';
import { deadLettersEnv, driveEnv } from '../../lambdas/runtime/engine-env.ts';
import { readEnv } from '../../lambdas/runtime/env.ts';
import { serveStores } from '../../lambdas/runtime/served-stores.ts';
import { serveSamples } from '../../lambdas/serve-samples/serve-samples.ts';
import { watchDeadlines } from '../../lambdas/watch-deadlines/watch-deadlines.ts';
import { openKmsSigner } from '../../lib/aws/keys/kms-signer.ts';
import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { kinesisEventStream } from '../../lib/aws/messaging/kinesis-event-stream.ts';
import { changeEventOf } from '../../lib/aws/requests/record-items.ts';
import { requestIdOf } from '../../lib/aws/requests/request-items.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { withoutStores } from '../../lib/core/data-map/without-stores.ts';
import { verifyCertificate } from '../../lib/core/erasure/certificate/verify-certificate.ts';
import { canonicalHash } from '../../lib/core/audit/canonical-json.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { verifyReceipt } from '../../lib/core/receipts/sign-receipt.ts';
import { changePublisher } from '../../lib/core/services/change-publisher.ts';
import { dataMap as wholeMap } from '../../lib/data-map.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { everything, textOf } from '../core/erasure/run/run-world.ts';
import { recordingLog, recordingMeter } from '../fakes/recording-log.ts';
import { gatewayCall } from '../lambdas/gateway-call.ts';
import { kinesisEvent, tableEvent } from '../lambdas/stream-events.ts';
import {
  itemsOf,
  makeRequestResources,
  makeSecret,
  pathStyle,
  readerOf,
  SITE,
} from './request-resources.ts';
import { makeTable } from './requests/make-table.ts';
import { standIn } from './stand-in.ts';
import {
  archiveServed,
  makeArchiveResources,
  runArchive,
  type ArchiveEnv,
} from './archive-on-stand-in.ts';

const NAME = 'test';
const ID = randomUUID();
const LONG = (): number => 600_000;
const MINUTE = 60_000;
const telling = { log: recordingLog(), meter: recordingMeter() };
/** All but the warehouse, which is not deployed by default. */
const tables = Object.entries(wholeMap.stores).filter(([, store]) => store.kind === 'table');
const dataMap = withoutStores(
  wholeMap,
  tables.map(([name]) => name),
);
const ARCHIVE = 'archive';
const STORE = 'customer-archive';

describe('an erasure request on AWS’s stand-in', () => {
  /** The engine’s variables, and those of the archive’s functions. */
  const env: Record<string, string> = {};
  let archiveEnv: ArchiveEnv;
  let lambda: Server;
  let archive: ObjectStore;
  /** Milliseconds that the test lets pass: nobody waits in it. */
  let ahead = 0;
  const realNow = Date.now.bind(Date);

  beforeAll(async () => {
    const { credentials, region, endpoint } = standIn();
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', await openLambda());
    vi.spyOn(clock, 'now').mockImplementation(() => realNow() + ahead);
    await makeRequestResources(env);
    archiveEnv = await makeArchiveResources();
    await joinArchive();
    archive = s3ObjectStore(new S3Client(pathStyle()), archiveEnv['ARCHIVE_BUCKET']!);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    lambda.close();
  });

  /** What the engine has besides, and the way to the archive's function. */
  async function joinArchive(): Promise<void> {
    env['SUPPRESSION_TABLE'] = (await makeTable()).tableName;
    env['SUPPRESSED_TABLE'] = (await makeTable()).tableName;
    env['SUPPRESSION_KEY_SECRET'] = await makeSecret(randomBytes(32).toString('base64'));
    env['POLICY'] = JSON.stringify({
      ...{ approvals: { erasure: 0 }, graceSeconds: 0 },
      timeoutSeconds: { settling: 0 },
    });
    const functionArn = `arn:aws:lambda:us-east-1:111122223333:function:${ARCHIVE}`;
    env['SERVICES'] = JSON.stringify([
      ...(JSON.parse(env['SERVICES']!) as object[]),
      { stores: [STORE], route: { kind: 'lambda', functionArn } },
    ]);
  }

  /** Answers calls of the services' functions, by the function's name in the path. */
  async function openLambda(): Promise<string> {
    lambda = createServer((request, response) => {
      void (async () => {
        const [name] = decodeURIComponent(request.url ?? '')
          .split('/')[3]!
          .split(':')
          .slice(-1);
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array);
        const event: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        response.end(JSON.stringify(await answer(name!, event)));
      })();
    });
    await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`;
  }

  async function answer(name: string, event: unknown): Promise<unknown> {
    if (name === ARCHIVE) {
      const served = await archiveServed(archiveEnv, dataMap);
      return serveStores(event, { served, log: telling.log });
    }
    const service = SAMPLE_SERVICES.find((one) => one.name === name)!;
    const table = connectRecords(NAME, { RECORDS_TABLE: env['RECORDS_TABLE']! });
    return serveSamples(event, { service, deps: { table, clock, dataMap }, ...telling });
  }

  it('ends with a verified archive and a signed receipt that names its certificate', async () => {
    const table = connectRecords(NAME, { RECORDS_TABLE: env['RECORDS_TABLE']! });
    const [person, other] = await seedPeople({ table, dataMap }, { seed: 1, from: 1, count: 2 });
    const row = (ssn: string): string => `{"ssn_no":"${ssn}","name":"Gnoll"}\n`;
    const mine = row(person!.ssn);
    // A clean current version over a dirty old one, beside one that is dirty now.
    await archive.put('phi-data/1', Buffer.from(mine + row(other!.ssn)));
    await archive.put('phi-data/1', Buffer.from(row(other!.ssn)));
    await archive.put('phi-data/2', Buffer.from(row(other!.ssn) + mine));

    const drive = readEnv({ ...driveEnv, ...deadLettersEnv }, env);
    const { deps } = await connectDrive(NAME, drive, dataMap);
    const { open, messageSecret } = await connectOpener(NAME, drive, dataMap);
    const letters = connectLetters(NAME, drive, deps.keys);
    const kinesis = createKinesisClient();
    const events = kinesisEventStream(kinesis, env['EVENT_STREAM']!, messageSecret);
    const app = await connectApi(NAME, readEnv(handleApiEnv, env), dataMap, {
      answered: () => undefined,
      failed: ({ errorName }) => expect.fail(errorName),
    });
    const handle = handleApi({ app, baseUrl: SITE.baseUrl, ...telling });
    const body = JSON.stringify({
      ...{ regulation: 'gdpr', subject_request_id: ID, subject_request_type: 'erasure' },
      ...{ submitted_time: new Date().toISOString(), api_version: '2.0' },
      subject_identities: [
        { identity_type: 'email', identity_value: person!.email, identity_format: 'raw' },
      ],
    });
    const headers = { 'X-Api-Key': env['API_KEY']!, 'Content-Type': 'application/json' };
    const created = await handle(gatewayCall('POST', '/v2/requests', { headers, body }));
    expect(created.statusCode).toBe(201);

    const fetchGathered = (): never => expect.fail('an erasure gathers nothing');
    const client = new KinesisClient(standIn());
    const tasks = readerOf(client, env['TASK_STREAM']!);
    const told = readerOf(client, env['EVENT_STREAM']!);
    const areas = new Set(Object.values(dataMap.stores).map(({ area }) => area));
    const runs: unknown[] = [];
    for (let round = 0; round < 20; round++) {
      await orchestrateRequests(tableEvent(await itemsOf(env['REQUESTS_TABLE']!)), LONG, {
        ...{ deps, requestIdOf, ...telling },
      });
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
      // As the schedule does each hour.
      const { output } = (await runArchive(archiveEnv, dataMap, telling.log)) as {
        output: { state: string };
      };
      if (output.state !== 'nothing') runs.push(output.state);
      ahead += 16 * MINUTE;
      await watchDeadlines({ work: 'drive' }, LONG, { deps, expiries: [], clock, ...telling });
      if ((await deps.requests.load(ID))?.closedAt !== undefined) break;
    }

    // One run served it, and left nothing of the person in any version; of others, everything.
    expect(runs).toEqual(['done']);
    expect((await everything(archive)).sort()).toEqual(
      ['phi-data/1', 'phi-data/2'].map((key) => `${key}: ${row(other!.ssn)}`),
    );
    const request = await deps.requests.load(ID);
    expect(request).toMatchObject({
      lifecycle: 'COMPLETED_WITH_EXEMPTIONS',
      verification: 'PASSED',
      outbox: [],
    });
    expect(request?.tasks.map(({ taskId, state }) => `${taskId} ${state}`).sort()).toEqual([
      'customer-archive SUCCEEDED',
      'customer-events SUCCEEDED',
      'invoices EXEMPT',
      'orders SUCCEEDED',
      'posts SUCCEEDED',
      'user-profiles SUCCEEDED',
    ]);

    const engineSigner = await openKmsSigner(new KMSClient(standIn()), env['SIGNING_KMS_KEY']!);
    expect(verifyReceipt(request!.receipt!, engineSigner.publicKeyPem)).toMatchObject({
      kind: 'genuine',
    });

    // The receipt names the certificate, which an auditor checks with the public key alone.
    const receipt = JSON.stringify(request?.receipt);
    const [, key = '', hash = ''] =
      /"certificate":"(certificates\/[^"#]+)#([^"]+)"/.exec(receipt) ?? [];
    const certificates = s3ObjectStore(
      new S3Client(pathStyle()),
      archiveEnv['CERTIFICATES_BUCKET']!,
    );
    const kms = new KMSClient(standIn());
    const { publicKeyPem } = await openKmsSigner(kms, archiveEnv['SIGNING_KMS_KEY']!);
    const proof = await verifyCertificate(
      (await textOf(certificates, key))!.split('\n'),
      publicKeyPem,
    );
    if (proof.kind !== 'genuine' || !('verification' in proof.certificate)) {
      throw new Error('the certificate is not genuine');
    }
    expect(proof.certificate).toMatchObject({ outcome: 'done', verification: 'passed' });
    expect(canonicalHash(proof.certificate)).toBe(hash);

    // Nothing of the person in the request, the receipt, the certificate, the run's table, the logs.
    const kept = JSON.stringify([
      ...[request, telling.log.lines, proof.certificate],
      ...(await itemsOf(archiveEnv['RUNS_TABLE']!)),
      ...(await itemsOf(env['REQUESTS_TABLE']!)),
      ...(await everything(certificates)),
    ]);
    for (const personal of [person!.email, person!.ssn, person!.name]) {
      expect(kept).not.toContain(personal);
    }
    expect(telling.meter.sums).toMatchObject({ LettersBuried: 0, RequestsFailed: 0 });
  }, 600_000);
});
