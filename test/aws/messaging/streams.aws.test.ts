import {
  CreateStreamCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  type KinesisClient,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createKinesisClient } from '../../../lib/aws/kinesis-record-stream.ts';
import { kinesisEventStream } from '../../../lib/aws/messaging/kinesis-event-stream.ts';
import { kinesisTaskStream } from '../../../lib/aws/messaging/kinesis-task-stream.ts';
import { readEvent, readOrder } from '../../../lib/core/requests/messages/read-message.ts';
import { messageOpener } from '../../../lib/core/requests/messages/signed-message.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { eventStreamContract } from '../../contracts/event-stream.ts';
import { taskStreamContract } from '../../contracts/task-stream.ts';
import { standIn } from '../stand-in.ts';

const SECRET = Buffer.alloc(32, 1);
const open = messageOpener([SECRET], dataMap);

async function openStream() {
  const client = createKinesisClient(standIn());
  const StreamName = `messages-${randomUUID()}`;
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await waitUntilStreamExists({ client, maxWaitTime: 30, minDelay: 1 }, { StreamName });
  const close = async () => {
    await client.send(new DeleteStreamCommand({ StreamName }));
    client.destroy();
  };
  return { client, StreamName, read: () => readShards(client, StreamName), close };
}

async function readShards(client: KinesisClient, StreamName: string) {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  return Promise.all(
    Shards.map(async ({ ShardId = '' }) => {
      const records: Uint8Array[] = [];
      let { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      );
      for (;;) {
        const page = await client.send(new GetRecordsCommand({ ShardIterator }));
        const found = page.Records ?? [];
        records.push(...found.map(({ Data }) => Data ?? new Uint8Array()));
        if (found.length === 0) return records;
        ShardIterator = page.NextShardIterator;
      }
    }),
  );
}

taskStreamContract('kinesisTaskStream', async () => {
  const { client, StreamName, read, close } = await openStream();
  const stream = kinesisTaskStream(client, StreamName, SECRET);
  return { stream, read, close, consume: (record) => readOrder(open, record) };
});

eventStreamContract('kinesisEventStream', async () => {
  const { client, StreamName, read, close } = await openStream();
  const stream = kinesisEventStream(client, StreamName, SECRET);
  return { stream, read, close, consume: (record) => readEvent(open, record) };
});

/** Kinesis as documented where the stand-in never does it: throttles every other record. */
async function throttlingKinesis() {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { Records } = JSON.parse(Buffer.concat(chunks).toString()) as { Records: unknown[] };
      const answers = Records.map((_, at) =>
        at % 2 === 0
          ? { SequenceNumber: String(at), ShardId: 'shardId-000000000000' }
          : {
              ErrorCode: 'ProvisionedThroughputExceededException',
              ErrorMessage: 'Rate exceeded for shard shardId-000000000000',
            },
      );
      const FailedRecordCount = Math.floor(Records.length / 2);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ FailedRecordCount, Records: answers }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, endpoint: `http://127.0.0.1:${port}` };
}

describe('a stream that is throttled', () => {
  it('is told record by record, so that only what it refused is sent again', async () => {
    const { server, endpoint } = await throttlingKinesis();
    const client = createKinesisClient({ ...standIn(), endpoint });
    const stream = kinesisTaskStream(client, 'tasks', SECRET);
    const outcomes = await stream.publish(
      [1, 2, 3].map((nth) => ({ kind: 'task-order', dsrId: `d-${nth}`, area: 'a', steps: [] })),
    );
    expect(outcomes).toEqual([
      { ok: true },
      { ok: false, code: 'ProvisionedThroughputExceededException' },
      { ok: true },
    ]);
    client.destroy();
    server.close();
  });
});
