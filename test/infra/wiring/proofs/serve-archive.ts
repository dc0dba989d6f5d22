import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { PROTOCOL } from '../../../../lib/core/services/protocol.ts';
import type { Answers } from '../aws-stand-in.ts';
import type { Proof } from '../prove-wiring.ts';
import { VersionedObjects } from '../world/versioned-objects.ts';

/** As intrinsics.ts names it. */
const BUCKET = 'sensitive-data-filter-stack-datastore6b161152';
const HANDOVER = 'archive-erasure-stack-servicehandover8cccb5fe';
const SSN = '807831104';
const STORE = 'customer-archive';
const DSR = 'b7551968-d5d6-44b2-9831-815ac9017798';
const ROW = `{"ssn_no":"${SSN}","name":"Gnoll"}\n`;
const identities = [{ identifier: 'ssn_no', value: SSN }];
const task = {
  ...{ protocol: PROTOCOL, dsrId: DSR, taskId: STORE, attempt: 1, store: STORE },
  ...{ identities, reason: `dsr:${DSR}/${STORE}#1` },
};

/** Of an earlier call of a gathering that takes several. */
const PART = `rows/${'0'.repeat(32)}.ndjson`;

const objects = new VersionedObjects([BUCKET]);
objects.put(BUCKET, 'phi-data/1', ROW);
objects.put(HANDOVER, PART, ROW);

/** A gathering whose first call has put these aside. */
const goingOn = (...parts: string[]): Answers => ({
  ...answers,
  'dynamodb:GetItem': ({ Key }) => {
    if ((Key as { sk?: { S: string } }).sk?.S !== 'gather') return {};
    const progress = { position: { place: 0 }, affected: parts.length, parts };
    return { Item: { body: { S: JSON.stringify({ startedAt: Date.now(), progress }) } } };
  },
});

const answers: Answers = {
  ...objects.answers,
  'secretsmanager:GetSecretValue': ({ SecretId }) => ({
    ARN: SecretId,
    SecretString: 'aB3'.repeat(22).slice(0, 64),
  }),
  'dynamodb:GetItem': () => ({}),
  'dynamodb:PutItem': () => ({}),
  'dynamodb:TransactWriteItems': () => ({}),
  'kms:GenerateDataKey': ({ KeyId }) => {
    const key = randomBytes(32).toString('base64');
    return { KeyId, Plaintext: key, CiphertextBlob: key };
  },
  'kms:Decrypt': ({ KeyId, CiphertextBlob }) => ({ KeyId, Plaintext: CiphertextBlob }),
};

const post = (path: string, body: object) => ({
  event: { method: 'POST', path, body },
  answers,
});

/** Other functions call it in the service protocol's words. */
export const serveArchive: Proof = {
  invocations: [
    post('/dsr/tasks', { ...task, operation: 'erase' }),
    {
      ...post('/dsr/tasks', { ...task, operation: 'erase', dsrId: 'again' }),
      // As when a call was repeated after its key was made.
      answers: {
        ...answers,
        'dynamodb:GetItem': ({ Key }) =>
          'name' in (Key as object)
            ? { Item: { name: { S: 'n' }, wrapped: { B: Buffer.alloc(32, 7).toString('base64') } } }
            : {},
      },
    },
    post('/dsr/tasks', { ...task, operation: 'gather' }),
    { ...post('/dsr/tasks', { ...task, operation: 'gather' }), answers: goingOn(PART) },
    { ...post('/dsr/tasks', { ...task, operation: 'gather' }), answers: goingOn('rows/gone') },
    post('/dsr/lookup', { protocol: PROTOCOL, store: STORE, identities }),
    { event: { method: 'GET', path: '/dsr/capabilities' }, answers },
  ],
  unseen: [
    { action: 's3:ListBucket', reason: 'without it an absent filter is answered as a refused one' },
    { action: 's3:AbortMultipartUpload', reason: 'rows in parts that cannot be read to their end' },
  ],
  expects: ({ results, output }) => {
    // A quarter of an hour after the order, less what the answer took.
    const body = { status: 'accepted', checkAfterSeconds: expect.any(Number) as number };
    const accepted = { status: 200, body };
    const data = {
      kind: 'reference',
      location: expect.stringMatching(/^s3:\/\/[\w-]+\/rows\/[0-9a-f]{32}\.ndjson$/) as string,
      mediaType: 'application/x-ndjson',
    };
    expect(results).toEqual([
      accepted,
      accepted,
      { status: 200, body: { status: 'done', affected: 1, data } },
      { status: 200, body: { status: 'done', affected: 2, data } },
      {
        status: 200,
        body: expect.objectContaining({ status: 'failed', code: 'rows-expired' }) as object,
      },
      { status: 200, body: { erasable: 1 } },
      { status: 200, body: expect.objectContaining({ service: 'archive' }) as object },
    ]);
    // Both parts, each with an end of its own.
    const rows = objects.all(HANDOVER).map((text) => text.replaceAll(/\n+/g, '\n'));
    expect(rows.filter((text) => text.endsWith(`: ${ROW}${ROW}`))).toHaveLength(1);
    expect(output).not.toContain(SSN);
    expect(output).not.toContain('phi-data');
  },
};
