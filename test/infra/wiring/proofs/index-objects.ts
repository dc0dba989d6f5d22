import { expect } from 'vitest';
import { FilterKey } from '../../../../lib/core/erasure/filters/filter-key.ts';
import type { Answers } from '../aws-stand-in.ts';
import { ACCOUNT, REGION } from '../intrinsics.ts';
import type { Proof } from '../prove-wiring.ts';
import type { S3Answer } from '../s3-protocol.ts';

/** As intrinsics.ts names it. */
const BUCKET = 'sensitive-data-filter-stack-datastore6b161152';
const KEY = 'phi-data/2026/01/31/phi_data_filter-1-2026.jsonl';
const OBJECT = Array.from(
  { length: 600 },
  (_, n) => `{"ssn_no":"${807_000_000 + n}","name":"Gnoll","note":"${'n'.repeat(90)}"}\n`,
).join('');
/** As Secrets Manager makes it: 64 letters and digits, read as base64. */
const SECRET = 'aB3'.repeat(22).slice(0, 64);

/** Source: Lambda developer guide, "Using Lambda with Amazon SQS"; S3's, "EventBridge event message structure". */
function queueEvent(bucket: string, ...types: string[]): unknown {
  return {
    Records: types.map((type, at) => ({
      messageId: `059f36b4-87a3-44ab-83d2-66197553000${at}`,
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body: JSON.stringify({
        version: '0',
        id: '17793124-05d4-b198-2fde-7ededc63b103',
        'detail-type': type,
        source: 'aws.s3',
        account: ACCOUNT,
        time: '2026-01-31T12:00:00Z',
        region: REGION,
        resources: [`arn:aws:s3:::${bucket}`],
        detail: {
          version: '0',
          bucket: { name: bucket },
          object: { key: type === 'Object Deleted' ? 'phi-data/gone' : KEY, sequencer: '617f0829' },
          reason: 'PutObject',
        },
      }),
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT}:notices`,
      awsRegion: REGION,
    })),
  };
}

const missing: S3Answer = { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };

function objectAnswer(range: unknown): S3Answer {
  const headers = { etag: '"e1"', 'x-amz-version-id': 'v1', 'x-amz-tagging-count': '1' };
  if (typeof range !== 'string') return { headers, body: OBJECT };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range)!;
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${to}/${OBJECT.length}` },
    body: OBJECT.slice(Number(from), Number(to) + 1),
  };
}

/** One object with a tag, one that is gone, and no filter yet. */
const answers: Answers = {
  'secretsmanager:GetSecretValue': ({ SecretId }) => ({ ARN: SecretId, SecretString: SECRET }),
  's3:GetObject': ({ Key, range }) => (Key === KEY ? objectAnswer(range) : missing),
  's3:GetObjectTagging': () => ({
    body: '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>',
  }),
  's3:PutObject': () => ({ headers: { etag: '"f1"' } }),
  's3:DeleteObject': () => ({ status: 204 }),
};

/** A queue hands over what EventBridge told of the archive. */
export const indexObjects: Proof = {
  invocations: [
    { event: queueEvent(BUCKET, 'Object Created', 'Object Deleted'), answers },
    { event: queueEvent('another-bucket', 'Object Created'), answers },
  ],
  unseen: [
    { action: 's3:ListBucket', reason: 'without it an absent object is answered as a refused one' },
    { action: 'kms:Decrypt', reason: 'Lambda opens the messages; for objects it is seen' },
    { action: 'sqs:ReceiveMessage', reason: 'Lambda reads the queue' },
    { action: 'sqs:DeleteMessage', reason: 'Lambda empties the queue' },
    { action: 'sqs:GetQueueAttributes', reason: 'Lambda looks how long the queue is' },
  ],
  expects: ({ results, calls, output }) => {
    expect(results).toEqual([
      { batchItemFailures: [] },
      { batchItemFailures: [{ itemIdentifier: '059f36b4-87a3-44ab-83d2-661975530000' }] },
    ]);
    const key = new FilterKey(Buffer.from(SECRET, 'base64'));
    const of = (operation: string) =>
      calls.filter((call) => call.operation === operation).map(({ input }) => input['Key']);
    expect(of('PutObject')).toEqual([key.nameOf(KEY)]);
    expect(of('DeleteObject')).toEqual([key.nameOf('phi-data/gone')]);
    for (const personal of ['80700', 'Gnoll', 'phi-data/2026']) {
      expect(output).not.toContain(personal);
    }
  },
};
