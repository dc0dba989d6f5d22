import { expect } from 'vitest';
import { subjectHash } from '../../../../lib/core/suppression/subject-hasher.ts';
import { ACCOUNT, REGION } from '../intrinsics.ts';
import type { Answers } from '../aws-stand-in.ts';
import type { Proof } from '../prove-wiring.ts';

const EVENTS = [
  '{"name":"Gnoll","dob":"2011-04-22","gender":"M","ssn_no":"807831104","data_share_consent":false,"evnt_time":"2021-01-31T20:31:26.114917"}',
  '{"name":"Elf","dob":"1951-05-19","gender":"F","ssn_no":"533665204","data_share_consent":true,"evnt_time":"2021-01-31T22:09:45.811942"}',
  'ssn_no 231793521, not JSON',
  // Consents, but asked to be erased: on the suppression list below.
  '{"name":"Vedalken","dob":"1954-06-18","gender":"F","ssn_no":"288109737","data_share_consent":true,"evnt_time":"2021-01-31T22:09:45.631935"}',
];

/** Source: Firehose developer guide, "Data transformation"; formats as in the project's notes. */
function transformEvent(payloads: readonly string[]): unknown {
  return {
    invocationId: 'invocationIdExample',
    deliveryStreamArn: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/phi_data_filter`,
    sourceKinesisStreamArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/customer-events`,
    region: REGION,
    records: payloads.map((payload, index) => ({
      recordId: `4966426085224906092638084243203082${index}`,
      approximateArrivalTimestamp: 1_612_125_086_114,
      data: Buffer.from(payload).toString('base64'),
      kinesisRecordMetadata: {
        sequenceNumber: `4954498525690737043307188847${index}`,
        subsequenceNumber: '',
        partitionKey: `key-${index}`,
        shardId: 'shardId-000000000000',
        approximateArrivalTimestamp: 1_612_125_086_114,
      },
    })),
  };
}

/** As Secrets Manager makes it: 64 letters and digits, read as base64. */
const SUPPRESSION_KEY = 'aB3'.repeat(22).slice(0, 64);

/** A key, and a suppression list with one subject. */
const suppressionList: Answers = {
  'secretsmanager:GetSecretValue': ({ SecretId }) => ({
    ARN: SecretId,
    SecretString: SUPPRESSION_KEY,
  }),
  'dynamodb:GetItem': () => ({ Item: { sequence: { N: '1' } } }),
  'dynamodb:Query': () => ({
    Count: 1,
    ScannedCount: 1,
    Items: [
      {
        pk: { S: 'changes#0' },
        sk: { S: '0000000000000001' },
        subjectHash: {
          S: subjectHash(Buffer.from(SUPPRESSION_KEY, 'base64'), 'ssn_no', '288109737'),
        },
        requestId: { S: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
        reason: { S: 'erasure' },
      },
    ],
  }),
};

/** Firehose hands over a batch. */
export const redactEvents: Proof = {
  invocations: [{ event: transformEvent(EVENTS), answers: suppressionList }],
  unseen: [
    {
      action: 'kms:DescribeKey',
      reason: 'DynamoDB looks whether the key of the table is in force',
    },
  ],
  expects: ({ results, output }) => {
    const [{ records }] = results as [
      { records: { recordId: string; result: string; data: string }[] },
    ];
    expect(records.map(({ recordId, result }) => [recordId, result])).toEqual([
      ['49664260852249060926380842432030820', 'Ok'],
      ['49664260852249060926380842432030821', 'Ok'],
      ['49664260852249060926380842432030822', 'ProcessingFailed'],
      ['49664260852249060926380842432030823', 'Ok'],
    ]);
    const [redacted, kept, , suppressed] = records.map(({ data }) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect(JSON.parse(redacted!)).toMatchObject({
      name: 'Gnoll',
      dob: 'REDACTED_CONTENT',
      ssn_no: 'REDACTED_CONTENT',
      data_redacted: true,
    });
    expect(redacted).toMatch(/\}\n$/);
    expect(kept).toBe(`${EVENTS[1]!}\n`);
    expect(JSON.parse(suppressed!)).toMatchObject({
      data_share_consent: true,
      dob: 'REDACTED_CONTENT',
      ssn_no: 'REDACTED_CONTENT',
    });
    for (const personal of [
      '807831104',
      '2011-04-22',
      '533665204',
      '231793521',
      '288109737',
      'Gnoll',
    ]) {
      expect(output).not.toContain(personal);
    }
  },
};
