import { PUT_LIMITS, recordBytes, type StreamRecord } from '../../lib/core/ports/record-stream.ts';
import type { CustomerEvent } from './customer-event.ts';

/** Records that fit into one put, and their bytes as the limits count them. */
export interface Batch {
  records: readonly StreamRecord[];
  bytes: number;
}

/** Cuts a sequence of events into puts of at most `most` records, within the service's limits. */
export function eventBatches(
  nextEvent: () => CustomerEvent,
  random: () => number,
): (most: number) => Batch {
  let held: StreamRecord | undefined;
  return (most) => {
    const records: StreamRecord[] = [];
    let bytes = 0;
    while (records.length < Math.min(most, PUT_LIMITS.records)) {
      held ??= recordOf(nextEvent(), random);
      const size = recordBytes(held);
      if (bytes + size > PUT_LIMITS.bytes) break;
      records.push(held);
      bytes += size;
      held = undefined;
    }
    return { records, bytes };
  };
}

/** The partition key is random: even shards, and nothing personal in what AWS shows and logs. */
function recordOf(event: CustomerEvent, random: () => number): StreamRecord {
  return {
    partitionKey: Math.floor(random() * Number.MAX_SAFE_INTEGER).toString(36),
    data: Buffer.from(JSON.stringify(event)),
  };
}
