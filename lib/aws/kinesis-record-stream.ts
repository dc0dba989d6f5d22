import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  type KinesisClientConfig,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  putFault,
  type PutOutcome,
  type RecordStream,
  RecordStreamError,
} from '../core/ports/record-stream.ts';

/** Errors that the same call meets again. Source: Kinesis API reference, PutRecords, errors. */
const PERMANENT = new Set([
  'AccessDeniedException',
  'InvalidArgumentException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'KMSOptInRequired',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/**
 * A client for {@link kinesisRecordStream}: one attempt a call, so that the caller alone decides what
 * is sent again and when, and time-outs that end a call before its answer is pointless.
 */
export function createKinesisClient(options: KinesisClientConfig = {}): KinesisClient {
  return new KinesisClient({
    maxAttempts: 1,
    // HTTP/1.1 with a connection for each put under way; the default, HTTP/2, has no such time-outs.
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      socketAcquisitionWarningTimeout: 30_000,
    }),
    ...options,
  });
}

/** The port on Amazon Kinesis Data Streams. */
export function kinesisRecordStream(client: KinesisClient, streamName: string): RecordStream {
  return {
    put: async (records) => {
      if (records.length === 0) return [];
      const fault = putFault(records);
      if (fault !== undefined) throw new RecordStreamError(fault, false);
      const answer = await call(
        client.send(
          new PutRecordsCommand({
            StreamName: streamName,
            Records: records.map(({ partitionKey, data }) => ({
              PartitionKey: partitionKey,
              Data: data,
            })),
          }),
        ),
      );
      const outcomes = answer.Records ?? [];
      // Answers are matched by position: with one too few none could be told apart.
      if (outcomes.length !== records.length) {
        throw new RecordStreamError('MismatchedAnswer', true);
      }
      return outcomes.map(({ ErrorCode, ShardId, SequenceNumber }): PutOutcome =>
        ErrorCode === undefined && ShardId !== undefined && SequenceNumber !== undefined
          ? { ok: true, shardId: ShardId, sequenceNumber: SequenceNumber }
          : { ok: false, code: ErrorCode ?? 'InternalFailure' },
      );
    },
    openShards: async () => {
      const { StreamDescriptionSummary: summary } = await call(
        client.send(new DescribeStreamSummaryCommand({ StreamName: streamName })),
      );
      return summary?.OpenShardCount ?? 0;
    },
  };
}

async function call<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const code = cause instanceof Error ? cause.name : 'UnknownError';
    throw new RecordStreamError(code, !PERMANENT.has(code), cause);
  }
}
