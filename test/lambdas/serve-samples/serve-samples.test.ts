import { beforeEach, describe, expect, it } from 'vitest';
import { serveSamples } from '../../../lambdas/serve-samples/serve-samples.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { PROTOCOL } from '../../../lib/core/services/protocol.ts';
import { SAMPLE_SERVICES } from '../../../lib/sample-services/sample-service.ts';
import { seedPeople } from '../../../lib/sample-services/seed-people.ts';
import { MemoryRecordTable } from '../../fakes/memory-record-table.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const [SERVICE] = SAMPLE_SERVICES;
const DAY = 86_400_000;
const clock = { time: Date.UTC(2026, 0, 5), now: () => clock.time };
const task = {
  protocol: PROTOCOL,
  dsrId: '11111111-2222-4333-8444-555555555555',
  taskId: 'user-profiles',
  attempt: 1,
  store: 'user-profiles',
  operation: 'erase',
  identities: [{ identifier: 'customer_id', value: 'C-000001' }],
  reason: 'dsr:11111111-2222-4333-8444-555555555555/user-profiles#1',
};

function urlEvent(method: string, path: string, body?: unknown, isBase64Encoded = false): unknown {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path, sourceIp: '198.51.100.7' } },
    ...(text !== undefined && {
      body: isBase64Encoded ? Buffer.from(text).toString('base64') : text,
    }),
    isBase64Encoded,
  };
}

describe('a sample service as a function', () => {
  let table: MemoryRecordTable;
  const log = recordingLog();
  const serve = (event: unknown, broken?: Error) =>
    serveSamples(event, {
      service: SERVICE,
      deps: {
        table:
          broken === undefined
            ? table
            : { find: table.find, commit: table.commit, entry: () => Promise.reject(broken) },
        clock,
        dataMap,
        undoWindow: DAY,
      },
      log,
    });

  beforeEach(async () => {
    table = new MemoryRecordTable();
    await seedPeople({ table, dataMap }, { seed: 1, from: 1, count: 1 });
  });

  it('answers another function in the protocol’s words', async () => {
    expect(await serve({ method: 'GET', path: '/dsr/capabilities' })).toMatchObject({
      status: 200,
      body: { protocol: PROTOCOL, service: 'user-services' },
    });
    expect(await serve({ method: 'POST', path: '/dsr/tasks', body: task })).toMatchObject({
      status: 200,
      body: { status: 'done', affected: 1 },
    });
  });

  it.each([false, true])('answers through its function URL (base64: %s)', async (isBase64) => {
    const answer = await serve(urlEvent('POST', '/dsr/tasks', task, isBase64));
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({ status: 'done' });
  });

  it('takes away for good what nobody can ask back any more, when the timer asks', async () => {
    await serve({ method: 'POST', path: '/dsr/tasks', body: task });
    expect(await serve({ work: 'lapse' })).toEqual({ status: 200, body: { expired: 0 } });
    clock.time += 2 * DAY;
    expect(await serve({ work: 'lapse' })).toEqual({ status: 200, body: { expired: 1 } });
    const left = [...table.records.values()].filter(({ store }) => store.startsWith('user-'));
    expect(left).toEqual([]);
  });

  it('refuses what is no call, and a body that is no JSON, in codes alone', async () => {
    for (const event of [null, 7, {}, { method: 'PUT', path: '/' }, { method: 'GET' }]) {
      expect(await serve(event)).toEqual({ status: 400, body: { error: { code: 'malformed' } } });
    }
    const event = { ...(urlEvent('POST', '/dsr/tasks') as object), body: '{"Ann' };
    expect(await serve(event)).toMatchObject({ statusCode: 400 });
    expect(await serve(urlEvent('DELETE', '/dsr/tasks'))).toMatchObject({ statusCode: 404 });
  });

  it('answers a fault of its own as one, and prints nothing of it', async () => {
    const broken = new TypeError('Ann@example.com');
    const answer = await serve({ method: 'POST', path: '/dsr/tasks', body: task }, broken);
    expect(answer).toEqual({ status: 500, body: { error: { code: 'fault' } } });
    expect(JSON.stringify(log.lines)).not.toContain('Ann@');
  });
});
