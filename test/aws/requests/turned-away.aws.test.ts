import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { dynamodbRequestStore } from '../../../lib/aws/requests/dynamodb-request-store.ts';
import { sampleRequest, writeAfter } from '../../core/requests/sample-request.ts';

type Answer = { status: number; body: unknown };

const OK: Answer = { status: 200, body: {} };
const MODEL = 'com.amazonaws.dynamodb.v20120810#';

/** As the API reference documents them. */
const refused = (name: string): Answer => ({ status: 400, body: { __type: `${MODEL}${name}` } });
const cancelled = (...codes: string[]): Answer => ({
  status: 400,
  body: {
    __type: `${MODEL}TransactionCanceledException`,
    Message: 'Transaction cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  },
});

/** A client that gets these answers, one after the other, the last for ever. */
function scripted(...answers: Answer[]) {
  const calls: string[] = [];
  const tokens: string[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { headers: Record<string, string>; body: string }) => {
        const { ClientRequestToken: token } = JSON.parse(request.body) as Record<string, string>;
        if (token !== undefined) tokens.push(token);
        calls.push(request.headers['x-amz-target'] ?? '');
        const { status, body } = answers.length > 1 ? answers.shift()! : answers[0]!;
        const headers = { 'content-type': 'application/x-amz-json-1.0' };
        const bytes = Readable.from([Buffer.from(JSON.stringify(body))]);
        return Promise.resolve({ response: { statusCode: status, headers, body: bytes } });
      },
    } as never,
  });
  const pauses: number[] = [];
  const store = dynamodbRequestStore({
    client,
    tableName: 'requests',
    patience: {
      sleep: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
      random: () => 1,
    },
  });
  return { store, calls, tokens, pauses };
}

const write = () => {
  const subject = { hashes: [], contactable: false };
  return writeAfter(sampleRequest({ version: 1, subject }));
};

describe('a table that turns calls away', () => {
  it('is asked again, later each time, until it takes the write', async () => {
    const busy = refused('ProvisionedThroughputExceededException');
    const { store, calls, pauses } = scripted(busy, busy, busy, OK);
    expect(await store.save(write())).toEqual({ kind: 'saved' });
    expect(calls).toHaveLength(4);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(new Set(pauses).size).toBe(3);
  });

  it('is told by one token that all attempts are one write', async () => {
    const { store, tokens } = scripted(refused('InternalServerError'), OK);
    expect(await store.save(write())).toEqual({ kind: 'saved' });
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });

  it('is asked again where another transaction was under way', async () => {
    const { store } = scripted(cancelled('None', 'TransactionConflict'), OK);
    expect(await store.save(write())).toEqual({ kind: 'saved' });
  });

  it('is a conflict in the end, when others keep writing', async () => {
    const { store, calls } = scripted(cancelled('TransactionConflict', 'None'));
    expect(await store.save(write())).toEqual({ kind: 'conflict' });
    expect(calls.length).toBeGreaterThan(3);
  });

  it('fails loudly when it stays away, or when the write itself is at fault', async () => {
    const away = scripted(refused('ThrottlingException'));
    await expect(away.store.save(write())).rejects.toMatchObject({ name: 'ThrottlingException' });
    const faulty = scripted(cancelled('ValidationError', 'None'));
    await expect(faulty.store.save(write())).rejects.toThrow(/cancelled/);
    expect(faulty.calls).toHaveLength(1);
  });

  it('is never sent a transaction that is too large', async () => {
    const { store, calls } = scripted(OK);
    const release = Array.from({ length: 99 }, (_, at) => `name-${at}`);
    await expect(store.save({ ...write(), release })).rejects.toThrow(RangeError);
    expect(calls).toEqual([]);
  });
});
