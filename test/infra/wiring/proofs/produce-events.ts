import { expect } from 'vitest';
import type { Answers } from '../aws-stand-in.ts';
import type { Proof } from '../prove-wiring.ts';

/** Source: Kinesis Data Streams API reference, PutRecords and DescribeStreamSummary. */
const kinesis: Answers = {
  'kinesis:DescribeStreamSummary': ({ StreamName }) => ({
    StreamDescriptionSummary: {
      StreamName,
      StreamStatus: 'ACTIVE',
      OpenShardCount: 4,
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: 1_767_225_600,
      EnhancedMonitoring: [],
    },
  }),
  'kinesis:PutRecords': ({ Records }) => ({
    EncryptionType: 'KMS',
    FailedRecordCount: 0,
    Records: (Records as unknown[]).map((_, index) => ({
      SequenceNumber: `4954498525690737043307188847${String(index).padStart(4, '0')}`,
      ShardId: 'shardId-000000000000',
    })),
  }),
};

/** A person presses Test in the console. */
export const produceEvents: Proof = {
  invocations: [
    {
      event: { seconds: 4, ratePerSecond: 100, consentRatio: 0.5, seed: 7 },
      answers: kinesis,
    },
    // An event without wishes, at the end of the minute.
    { event: {}, answers: kinesis, secondsLeft: 14 },
  ],
  expects: ({ results, calls, output }) => {
    const put = calls
      .filter(({ operation }) => operation === 'PutRecords')
      .flatMap(({ input }) => input['Records'] as { Data: string }[]);
    let accepted = 0;
    for (const result of results) {
      const { statusCode, body } = result as { statusCode: number; body: string };
      expect(statusCode).toBe(200);
      const { message } = JSON.parse(body) as {
        message: { status: boolean; record_count: number };
      };
      expect(message.status).toBe(true);
      expect(message.record_count).toBeGreaterThan(0);
      accepted += message.record_count;
    }
    expect(put).toHaveLength(accepted);
    for (const { Data } of put.slice(0, 50)) {
      const event = JSON.parse(Buffer.from(Data, 'base64').toString()) as { ssn_no: string };
      expect(Object.keys(event)).toEqual([
        'name',
        'dob',
        'gender',
        'ssn_no',
        'data_share_consent',
        'evnt_time',
      ]);
      expect(output).not.toContain(event.ssn_no);
    }
  },
};
