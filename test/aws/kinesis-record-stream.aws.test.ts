import {
  CreateStreamCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { recordStreamContract } from '../contracts/record-stream.ts';
import { standIn } from './stand-in.ts';

recordStreamContract('kinesisRecordStream', async () => {
  const client = createKinesisClient(standIn());
  const StreamName = `events-${randomUUID()}`;
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 3 }));
  await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1 }, { StreamName });
  return {
    stream: kinesisRecordStream(client, StreamName),
    shards: 3,
    read: async () => {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
      const found = await Promise.all(
        Shards.map(async ({ ShardId = '' }) => {
          const { ShardIterator } = await client.send(
            new GetShardIteratorCommand({
              StreamName,
              ShardId,
              ShardIteratorType: 'TRIM_HORIZON',
            }),
          );
          const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
          return Records.map(({ PartitionKey = '', Data = new Uint8Array() }) => ({
            shardId: ShardId,
            partitionKey: PartitionKey,
            data: Data,
          }));
        }),
      );
      return found.flat();
    },
    close: async () => {
      await client.send(new DeleteStreamCommand({ StreamName }));
      client.destroy();
    },
  };
});

describe('kinesisRecordStream', () => {
  it('says that a stream that does not exist will not come by asking again', async () => {
    const client = createKinesisClient(standIn());
    const stream = kinesisRecordStream(client, 'no-such-stream');
    const permanent = { code: 'ResourceNotFoundException', retryable: false };
    await expect(stream.put([{ partitionKey: 'k', data: Buffer.from('x') }])).rejects.toMatchObject(
      permanent,
    );
    await expect(stream.openShards()).rejects.toMatchObject(permanent);
    client.destroy();
  });

  it('says that a service that is out of reach may come back', async () => {
    const client = createKinesisClient({ ...standIn(), endpoint: 'http://127.0.0.1:9' });
    await expect(
      kinesisRecordStream(client, 'any').put([{ partitionKey: 'k', data: Buffer.from('x') }]),
    ).rejects.toMatchObject({ name: 'RecordStreamError', retryable: true });
    client.destroy();
  });
});
