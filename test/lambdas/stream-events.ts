import type { KinesisRecord } from '../../lambdas/runtime/kinesis-records.ts';
import type { Bury } from '../../lambdas/runtime/messages.ts';
import { messageKey } from '../../lib/core/requests/messages/message-keys.ts';
import { messageOpener, signMessage } from '../../lib/core/requests/messages/signed-message.ts';
import { WORLD_MAP } from '../../lib/simulation/world-map.ts';

/** A Kinesis event as Lambda documents it; `data` goes in as it is given, sequence numbers count up. */
export function kinesisEvent(data: readonly (string | Uint8Array)[]): unknown {
  return {
    Records: data.map((one, at) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'partition-1',
        sequenceNumber: sequenceNumber(at),
        data: Buffer.from(one).toString('base64'),
        approximateArrivalTimestamp: 1_545_084_650.987,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000006:${sequenceNumber(at)}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::111122223333:role/lambda-role',
      awsRegion: 'us-east-2',
      eventSourceARN: 'arn:aws:kinesis:us-east-2:111122223333:stream/lambda-stream',
    })),
  };
}

/** A DynamoDB stream event as Lambda documents it; an item that is undefined was removed. */
export function tableEvent(items: readonly (object | undefined)[]): unknown {
  return {
    Records: items.map((item, at) => ({
      eventID: `c4ca4238a0b923820dcc509a6f75849b${at}`,
      eventName: item === undefined ? 'REMOVE' : 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-2',
      dynamodb: {
        Keys: { pk: { S: 'key' } },
        ...(item !== undefined && { NewImage: item }),
        SequenceNumber: sequenceNumber(at),
        SizeBytes: 26,
        StreamViewType: 'NEW_IMAGE',
      },
    })),
  };
}

export function sequenceNumber(at: number): string {
  return String(4_959_000 + at);
}

const SECRET = Buffer.alloc(32, 5);
export const openSigned = messageOpener([SECRET], WORLD_MAP);

/** A message as the engine signs it, or another sender. */
export function signed(
  message: object,
  sender: Parameters<typeof messageKey>[1] = 'engine',
): Uint8Array {
  return signMessage(messageKey(SECRET, sender), message);
}

/** Keeps what was buried. */
export function graveyard(): {
  bury: Bury;
  graves: { record: KinesisRecord; reason: string }[];
} {
  const graves: { record: KinesisRecord; reason: string }[] = [];
  return {
    graves,
    bury: (record, reason) => {
      graves.push({ record, reason });
      return Promise.resolve();
    },
  };
}
