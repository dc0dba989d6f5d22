import { describe, expect, it } from 'vitest';
import { recordStreamContract } from '../contracts/record-stream.ts';
import { suppressionListContract } from '../contracts/suppression-list.ts';
import { memoryRecordStream } from './memory-record-stream.ts';
import { memorySuppressionList } from './memory-suppression-list.ts';

recordStreamContract('memoryRecordStream', () => {
  const stream = memoryRecordStream({ clock: { now: () => 0 }, shards: 3 });
  return Promise.resolve({
    stream,
    shards: 3,
    read: () =>
      Promise.resolve(
        stream.shards.flatMap(({ id, records }) =>
          records.map((record) => ({ shardId: id, ...record })),
        ),
      ),
  });
});

suppressionListContract('memorySuppressionList', () => {
  let now = 0;
  return Promise.resolve({
    list: memorySuppressionList({ now: () => now }),
    setTime: (at) => {
      now = at;
    },
  });
});

describe('memoryRecordStream', () => {
  const put = (stream: ReturnType<typeof memoryRecordStream>, count: number, bytes = 1) =>
    stream.put(
      Array.from({ length: count }, () => ({ partitionKey: 'k', data: new Uint8Array(bytes) })),
    );
  const codes = (outcomes: Awaited<ReturnType<typeof put>>) =>
    outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.code));

  it('takes a thousand records a second and shard, and refuses the others one by one', async () => {
    let now = 0;
    const stream = memoryRecordStream({ clock: { now: () => now }, shards: 1 });
    await put(stream, 500);
    await put(stream, 499);
    expect(codes(await put(stream, 2))).toEqual(['ok', 'ProvisionedThroughputExceededException']);
    now = 500;
    expect(codes(await put(stream, 500)).every((code) => code === 'ok')).toBe(true);
    expect(codes(await put(stream, 1))).toEqual(['ProvisionedThroughputExceededException']);
  });

  it('takes a mebibyte a second and shard', async () => {
    const stream = memoryRecordStream({ clock: { now: () => 0 }, shards: 1 });
    const outcomes = codes(await put(stream, 3, 400_000));
    expect(outcomes).toEqual(['ok', 'ok', 'ProvisionedThroughputExceededException']);
  });
});
