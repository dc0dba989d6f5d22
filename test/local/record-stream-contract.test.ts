import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileRecordStream } from '../../lib/local/file-record-stream.ts';
import { recordStreamContract } from '../contracts/record-stream.ts';

recordStreamContract('the record stream on disk', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lethe-local-'));
  const clock = { now: () => Date.now() };
  const stream = await FileRecordStream.open({ directory, clock, shards: 3 });
  return {
    stream,
    shards: 3,
    read: async () => {
      const held: { shardId: string; partitionKey: string; data: Uint8Array }[] = [];
      for (const reader of stream.readers()) {
        for (let some = await reader.read(); some.length > 0; some = await reader.read()) {
          held.push(...some);
        }
      }
      return held;
    },
    close: async () => {
      await stream.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
