// Runs both functions on canary data in a process of its own; canary.test.ts reads all it prints.
import { produceEvents } from '../../lambdas/produce-events/produce-events.ts';
import { connectRedaction } from '../../lambdas/redact-events/redaction.ts';
import { redactEvents } from '../../lambdas/redact-events/redact-events.ts';
import { createLog } from '../../lambdas/runtime/log.ts';
import { createMeter } from '../../lambdas/runtime/metrics.ts';
import { type RecordStream, RecordStreamError } from '../../lib/core/ports/record-stream.ts';
import { dataMap } from '../../lib/data-map.ts';
import { virtualTime } from '../fakes/virtual-time.ts';

const canary = process.argv[2] ?? '';
const name = 'canary-run';
const clock = { now: Date.now };
const log = createLog(name);
const meter = createMeter(name);
const service = { name, clock, log, meter };

const redaction = await connectRedaction(
  dataMap,
  {
    SUPPRESSION_TABLE: undefined,
    SUPPRESSION_KEY_SECRET: undefined,
    SUPPRESSION_REFRESH_SECONDS: 5,
    SUPPRESSION_STALE_SECONDS: 60,
    HASH_KEY_SECRET: undefined,
  },
  service,
);
const person = { name: canary, dob: canary, ssn_no: canary, [canary]: canary };
const payloads = [
  JSON.stringify({ ...person, data_share_consent: true }),
  JSON.stringify({ ...person, data_share_consent: canary }),
  JSON.stringify(person).slice(0, -1),
  canary,
  `{"${canary}`,
  `[${JSON.stringify(canary)}]`,
];
const data: unknown[] = [
  ...payloads.map((payload) => Buffer.from(payload).toString('base64')),
  canary,
  { canary },
];
const records = data.map((one, at) => ({ recordId: `${canary}-${at}`, data: one }));

const throws = async (work: Promise<unknown>): Promise<void> => {
  await work.catch((error: unknown) => log.error('The function threw', error));
};
await redactEvents({ records }, { ...redaction, ...service });
await throws(redactEvents({ records: [...records, { canary }] }, { ...redaction, ...service }));
await throws(redactEvents({ [canary]: canary }, { ...redaction, ...service }));
await throws(
  redactEvents(
    { records },
    { ...service, redactor: { redact: () => JSON.parse(`{"${canary}`) as never } },
  ),
);

const streams: RecordStream[] = [
  {
    openShards: () => Promise.resolve(1),
    put: (sent) => {
      process.send?.(sent.map((record) => Buffer.from(record.data).toString()));
      return Promise.resolve(
        sent.map(() => ({ ok: true, shardId: canary, sequenceNumber: canary })),
      );
    },
  },
  { openShards: () => Promise.reject(new TypeError(canary)), put: () => Promise.resolve([]) },
  {
    openShards: () => Promise.resolve(1),
    put: () => Promise.reject(new RecordStreamError('AccessDenied', false, new Error(canary))),
  },
];
for (const stream of streams) {
  // However slow the machine is: as many events.
  const time = virtualTime();
  const context = { ...service, ...time, random: Math.random, stream };
  await time.run(produceEvents({ seconds: 0.3, ratePerSecond: 200 }, () => 5_000, context));
}
const faulty = { ...service, ...virtualTime(), random: Math.random, stream: streams[0]! };
await produceEvents({ [canary]: canary }, () => 5_000, faulty);
