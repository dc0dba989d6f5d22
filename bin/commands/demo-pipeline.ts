import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ERROR_PREFIX } from '../../lib/config.ts';
import { deliveryPath } from '../../lib/core/data-map/delivery-path.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import { dataMap } from '../../lib/data-map.ts';
import { type DeliveryObserver, DeliveryStream } from '../../lib/local/delivery-stream.ts';
import { openIndexedArchive } from '../../lib/local/archive-filters/indexed-archive.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import type { Transform } from '../../lib/local/delivery/transform-batch.ts';
import { FileRecordStream } from '../../lib/local/file-record-stream.ts';
import { demoTransform } from './demo-transform.ts';

/** Each takes 1,000 events a second, as in Kinesis. */
const SHARDS = 4;

/** The stream, the filter and the archive of the demo, in a folder. */
export interface DemoPipeline {
  readonly stream: FileRecordStream;
  /** What the data map says of the events. */
  readonly events: StreamStore;
  /** Where the objects lie as files. */
  readonly folder: string;
  /** @param transform @default the filter with nobody on the suppression list */
  deliver(observer: DeliveryObserver, signal: AbortSignal, transform?: Transform): Promise<void>;
}

export async function openPipeline(directory: string, clock: Clock): Promise<DemoPipeline> {
  const found = deliveryPath(dataMap);
  if (!found.ok) throw new Error(`lib/data-map.ts: ${found.faults.join('; ')}`);
  const { stream: events, streamName, archive } = found.path;
  const folder = join(directory, 'data-store');
  const stored = await openFileObjectStore({ directory: folder, clock });
  const { objects: store } = await openIndexedArchive(directory, stored, dataMap);
  const stream = await FileRecordStream.open({
    directory: join(directory, 'stream'),
    clock,
    shards: SHARDS,
  });
  const plain = demoTransform(events, clock);
  const deliver: DemoPipeline['deliver'] = (observer, signal, transform = plain) =>
    new DeliveryStream({
      ...{ stream, store, transform, clock, observer, newId: randomUUID },
      sleep: (milliseconds, until) =>
        wait(milliseconds, undefined, { signal: until }).catch(() => undefined),
      transformSettings: {
        deliveryStreamArn: 'arn:aws:firehose:local:000000000000:deliverystream/phi_data_filter',
        sourceKinesisStreamArn: `arn:aws:kinesis:local:000000000000:stream/${streamName}`,
        region: 'local',
      },
      lambdaArn: 'arn:aws:lambda:local:000000000000:function:redact-events',
      naming: {
        streamName: 'phi_data_filter',
        prefix: archive.prefix,
        errorPrefix: `${ERROR_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        fileExtension: '.jsonl',
      },
      // Once delivered, no copy in clear stays behind.
      retention: 0,
    }).run(signal);
  return { stream, events, folder, deliver };
}
