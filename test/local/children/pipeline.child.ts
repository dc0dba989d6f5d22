import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { DeliveryStream } from '../../../lib/local/delivery-stream.ts';
import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { FileRecordStream } from '../../../lib/local/file-record-stream.ts';
import { dieBeforeStep } from './die-at.ts';
import { customerEvent } from './customer-event.ts';
import { transform } from './transform.ts';

// Puts events numbered from `first` on and delivers them, until it is killed or has put them all.
const [directory, first, count, step] = process.argv.slice(2) as [string, string, string, string];
const clock = { now: () => Date.now() };
if (step !== '0') await dieBeforeStep(Number(step));
const store = await openFileObjectStore({ directory: join(directory, 'data-store'), clock });
const stream = await FileRecordStream.open({
  directory: join(directory, 'stream'),
  clock,
  shards: 2,
  limitThroughput: false,
  segmentBytes: 4096,
});
const delivery = new DeliveryStream({
  stream,
  store,
  clock,
  transform,
  newId: randomUUID,
  sleep: (milliseconds, signal) =>
    sleepFor(Math.min(milliseconds, 2), undefined, { signal }).catch(() => undefined),
  transformSettings: {
    deliveryStreamArn: 'arn:local:delivery',
    sourceKinesisStreamArn: 'arn:local:stream',
    region: 'local',
    bufferBytes: 1500,
  },
  lambdaArn: 'arn:local:redact-events',
  naming: {
    streamName: 'phi_data_filter',
    prefix: 'phi-data/',
    errorPrefix: 'phi-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
    fileExtension: '.jsonl',
  },
  bufferBytes: 3000,
  bufferTime: 20,
  retention: 0,
});
const stop = new AbortController();
const running = delivery.run(stop.signal);
running.catch((error: unknown) => {
  throw error;
});
const last = Number(first) + Number(count);
for (let id = Number(first); id < last;) {
  const ids = Array.from({ length: Math.min(10, last - id) }, (_, at) => id + at);
  id += ids.length;
  const outcomes = await stream.put(
    ids.map((one) => ({ partitionKey: String(one), data: Buffer.from(customerEvent(one).text) })),
  );
  const accepted = ids.filter((_, at) => outcomes[at]!.ok);
  process.stdout.write(accepted.map((one) => `${one}\n`).join(''));
}
stop.abort();
await running;
await stream.close();
process.stdout.write('done\n');
