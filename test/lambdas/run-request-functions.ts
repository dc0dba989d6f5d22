// Runs the functions of requests on canary data in a process of its own; canary.test.ts reads all
// they print, and all that is kept of letters and audit.
import { executeTasks } from '../../lambdas/execute-tasks/execute-tasks.ts';
import { auditArchive } from '../../lambdas/export-audit/audit-archive.ts';
import { exportAudit } from '../../lambdas/export-audit/export-audit.ts';
import { apiLog, handleApi } from '../../lambdas/handle-api/handle-api.ts';
import { mergeEvents } from '../../lambdas/merge-events/merge-events.ts';
import { orchestrateRequests } from '../../lambdas/orchestrate-requests/orchestrate-requests.ts';
import { redriveLetters } from '../../lambdas/redrive-letters/redrive-letters.ts';
import { relayChanges } from '../../lambdas/relay-changes/relay-changes.ts';
import { createLog } from '../../lambdas/runtime/log.ts';
import { createMeter } from '../../lambdas/runtime/metrics.ts';
import { seedSamples } from '../../lambdas/seed-samples/seed-samples.ts';
import { serveSamples } from '../../lambdas/serve-samples/serve-samples.ts';
import { watchDeadlines } from '../../lambdas/watch-deadlines/watch-deadlines.ts';
import { createApi } from '../../lib/api/app.ts';
import { apiGatewayConnection } from '../../lib/api/http/connections.ts';
import { dataMap } from '../../lib/data-map.ts';
import { PROTOCOL } from '../../lib/core/services/protocol.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { openDsrBody, testApi, uuid } from '../api/fixture.ts';
import { EngineFixture, ID } from '../core/requests/engine-fixture.ts';
import { memoryObjectStore } from '../fakes/memory-object-store.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';
import { gatewayCall } from './gateway-call.ts';
import { graveyard, kinesisEvent, openSigned, signed, tableEvent } from './stream-events.ts';

const canary = process.argv[2] ?? '';
const LONG = (): number => 600_000;
const log = createLog('canary-run');
const meter = createMeter('canary-run');
const telling = { log, meter };
const broken = (): Promise<never> => Promise.reject(new TypeError(canary));
const throws = async (work: Promise<unknown>): Promise<void> => {
  await work.catch((error: unknown) => log.error('The function threw', error));
};

const engine = new EngineFixture();
const { bury, graves } = graveyard();
await engine.submit({
  type: 'access',
  details: {
    identities: [{ identifier: 'email', value: `${canary}@example.com` }],
    contact: { kind: 'email', address: `${canary}@example.com` },
  },
});

// A request from its intake to its end, by functions alone, and each with what it cannot do.
const requestIdOf = (item: { id?: { S?: string } }): string | undefined => item.id?.S;
const written = tableEvent([{ id: { S: ID } }, { id: { S: canary } }, { [canary]: { S: canary } }]);
const { deps } = engine;
const failing = { ...deps, requests: { ...deps.requests, load: broken, save: broken } };
await orchestrateRequests(written, LONG, { deps, requestIdOf, ...telling });
await orchestrateRequests(written, LONG, { deps: failing, requestIdOf, ...telling });

engine.reply = () => ({
  kind: 'done',
  affected: 1,
  data: { kind: 'inline', records: [{ name: canary }] },
});
const bad = [canary, `{"${canary}`, JSON.stringify({ kind: canary }), JSON.stringify([canary])];
const context = { open: openSigned, bury, ...telling };
// One area waits for another: each round hands out what the one before has freed.
while (engine.tasks.records.length > 0) {
  const orders = engine.tasks.records.splice(0).map((text) => JSON.parse(text) as { area: string });
  for (const area of new Set(orders.map((order) => order.area))) {
    const event = kinesisEvent([...bad, ...orders.map((order) => signed(order))]);
    await executeTasks(event, LONG, { deps: failing, area, ...context, bury: broken });
    await executeTasks(event, LONG, { deps, area, ...context });
  }
  const told = engine.events.records.splice(0).map((text) => signed(JSON.parse(text) as object));
  const events = kinesisEvent([...bad, JSON.stringify({ reason: canary }), ...told]);
  await mergeEvents(events, { deps: failing, ...context, bury: broken });
  await mergeEvents(events, { deps, ...context });
  await orchestrateRequests(written, LONG, { deps, requestIdOf, ...telling });
}
engine.now += 3 * 60_000;
for (const work of ['drive', 'survey', 'expire']) {
  await throws(
    watchDeadlines({ work }, LONG, {
      ...{ deps, clock: deps.clock, ...telling },
      expiries: [broken],
    }),
  );
}
await throws(watchDeadlines({ work: canary }, LONG, {} as never));

const objects = memoryObjectStore(deps.clock);
const trail = engine.requests.peekTrail(ID);
const entries = tableEvent([...trail.map((entry) => ({ entry })), { [canary]: canary }]);
const auditEntryOf = (item: object) => ('entry' in item ? (item.entry as never) : undefined);
const exporting = { requests: engine.requests, auditEntryOf, ...telling };
await exportAudit(entries, { ...exporting, archive: auditArchive(objects) });
await exportAudit(entries, { ...exporting, archive: { has: broken, add: broken } });
const audit: string[] = [];
for await (const { key } of objects.list('')) {
  const stored = await objects.get(key);
  for await (const chunk of stored!.body) audit.push(Buffer.from(chunk).toString('utf8'));
}

const letters = { add: broken, open: broken, remove: broken };
for (const event of [canary, { [canary]: 1 }, { reason: `${canary}@` }]) {
  await redriveLetters(event, { deps: { letters, streams: {} } as never, log });
}

const table = new MemoryRecordTable();
await seedSamples({ [canary]: canary }, { deps: { table, dataMap }, log });
await seedSamples({ count: 1 }, { deps: { table, dataMap }, log });
const [service] = SAMPLE_SERVICES;
const body = { protocol: PROTOCOL, store: 'user-profiles', identities: [{ value: canary }] };
for (const find of [table.find, broken]) {
  const samples = {
    table: { find, entry: table.entry, commit: table.commit },
    clock: deps.clock,
    dataMap,
  };
  const identities = [{ identifier: 'email', value: canary }];
  for (const sent of [body, { ...body, identities }, canary]) {
    const call = { method: 'POST', path: '/dsr/lookup', body: sent };
    await serveSamples(call, { service, deps: samples, log });
  }
}
const change = { changeEventOf: () => ({ reason: canary }) as never, ...telling };
await relayChanges(tableEvent([{}]), { events: { publish: broken }, ...change });

const api = await testApi();
const handle = handleApi({
  app: createApi({
    ...api.options,
    connection: apiGatewayConnection,
    log: apiLog(log, meter),
  }),
  baseUrl: 'https://dsr.example.com',
  ...telling,
});
const identity = { identity_type: 'email', identity_value: canary, identity_format: 'raw' };
const filed = { ...openDsrBody(uuid('one')), subject_identities: [identity] };
for (const sent of [JSON.stringify(filed), `{"${canary}`, JSON.stringify({ [canary]: canary })]) {
  const headers = { 'x-api-key': api.agentKey, 'content-type': 'application/json' };
  await handle(gatewayCall('POST', '/v2/requests', { headers, body: sent }));
}
await handle(gatewayCall('GET', `/${canary}`, { headers: { [canary]: canary } }));
await handle(gatewayCall('GET', `/subject/status/${canary}`));
await handle({ ...gatewayCall('GET', '/'), path: canary });
api.deps.requests.load = broken;
await handle(
  gatewayCall('GET', `/v2/requests/${uuid('one')}`, {
    headers: { 'x-api-key': api.agentKey },
  }),
);

process.send?.([...audit, ...graves.map(({ reason }) => reason), engine.get().lifecycle]);
