import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, inject, it } from 'vitest';
import { LEASE } from '../../../lib/aws/notices/notice-ledger.ts';
import { createNoticeClients, snsSesNotifier } from '../../../lib/aws/notices/sns-ses-notifier.ts';
import type { Notice } from '../../../lib/core/ports/notifier.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { standIn } from '../stand-in.ts';

const FROM = 'privacy@shop.example';
const site = {
  organisation: 'Bäcker & Söhne',
  baseUrl: 'https://dsr.shop.example',
  linkKey: Buffer.alloc(32, 1),
};

/** Where the mail service answers: the stand-in, or something that misbehaves as documented. */
async function openNotifier(mailEndpoint?: string) {
  const dynamodb = new DynamoDBClient(standIn());
  const table = `notices-${randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'dedupeKey', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'dedupeKey', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName: table });
  const real = createNoticeClients(standIn());
  await real.ses
    .send(new CreateEmailIdentityCommand({ EmailIdentity: FROM }))
    .catch(() => undefined);
  const { TopicArn } = await real.sns.send(new CreateTopicCommand({ Name: `t-${randomUUID()}` }));
  const clients =
    mailEndpoint === undefined
      ? real
      : createNoticeClients({ ...standIn(), endpoint: mailEndpoint });
  const state = { now: Date.UTC(2026, 0, 5) };
  const options = {
    ...{ ...clients, dynamodb, table, topicArn: TopicArn!, from: FROM, site },
    ...{ clock: { now: () => state.now }, newClaimId: () => randomUUID() },
  };
  return { notifier: snsSesNotifier(options), options, state };
}

/** What the stand-in has sent, as text. */
async function sentMails(): Promise<string[]> {
  const reply = await fetch(`${inject('awsEndpoint')}/_ministack/ses/messages`);
  const { messages } = (await reply.json()) as { messages: Record<string, unknown[]> };
  return Object.values(messages)
    .flat()
    .map((message) => JSON.stringify(message));
}

const notice = (dsrId: string, change: Partial<Notice> = {}): Notice => ({
  name: 'received',
  audience: 'subject',
  address: 'ann@example.com',
  language: 'de',
  dsrId,
  type: 'erasure',
  facts: { due: '2026-02-05' },
  ...change,
});

notifierContract('snsSesNotifier', async () => {
  const { notifier } = await openNotifier();
  const acceptedFor = async (dsrId: string) =>
    (await sentMails()).filter((mail) => mail.includes(dsrId)).length;
  return { notifier, acceptedFor };
});

/** SES as it answers when something is wrong; counts the calls. */
async function misbehavingSes(answer: { status: number; error: string; message?: string } | 'cut') {
  const state = { calls: 0 };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      state.calls += 1;
      if (answer === 'cut') return void request.socket.destroy();
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'x-amzn-errortype': answer.error,
      });
      response.end(JSON.stringify({ message: answer.message ?? 'no' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { state, server, endpoint: `http://127.0.0.1:${port}` };
}

describe('snsSesNotifier', () => {
  it('writes to systems on the topic, and never a subject’s address', async () => {
    const { notifier } = await openNotifier();
    const forSystems = notice('d-1', { audience: 'administrators', name: 'approval-needed' });
    expect(await notifier.send(forSystems, 'd-1/1')).toEqual({ kind: 'accepted' });
    expect(await notifier.send(forSystems, 'd-1/1')).toEqual({ kind: 'already-accepted' });
    expect((await sentMails()).filter((mail) => mail.includes('d-1'))).toEqual([]);
  });

  it('knows an address that can’t be one before it sends anything', async () => {
    const { notifier } = await openNotifier();
    for (const address of ['ann', 'a@b.c, d@e.f', 'ann@example.com\nBcc: x@y.z', '']) {
      expect(await notifier.send(notice('d', { address }), 'd/1')).toEqual({
        ...{ kind: 'undeliverable', code: 'malformed-address' },
      });
    }
  });

  it.each([
    [400, 'MessageRejected', 'undeliverable'],
    [400, 'BadRequestException', 'undeliverable'],
    [400, 'MailFromDomainNotVerifiedException', 'failed'],
    [400, 'AccountSuspendedException', 'failed'],
    [400, 'SendingPausedException', 'failed'],
    [429, 'TooManyRequestsException', 'failed'],
    [400, 'LimitExceededException', 'failed'],
    [404, 'NotFoundException', 'failed'],
  ])('takes %d %s as %s, and sends what failed again at once', async (status, error, kind) => {
    const { endpoint, state, server } = await misbehavingSes({ status, error });
    const { notifier } = await openNotifier(endpoint);
    expect(await notifier.send(notice('d'), 'd/1')).toEqual({ kind, code: error });
    expect(await notifier.send(notice('d'), 'd/1')).toEqual({ kind, code: error });
    expect(state.calls).toBe(kind === 'failed' ? 2 : 1);
    server.close();
  });

  it('takes an account in the sandbox for our fault, not the subject’s', async () => {
    const message = 'Email address is not verified: ann@example.com';
    const { endpoint, server } = await misbehavingSes({
      ...{ status: 400, error: 'MessageRejected', message },
    });
    const { notifier } = await openNotifier(endpoint);
    const outcome = await notifier.send(notice('d'), 'd/1');
    expect(outcome).toEqual({ kind: 'failed', code: 'identity-not-verified' });
    server.close();
  });

  it('sends what may have been sent only after the lease, and then accepts it once', async () => {
    const { endpoint, state, server } = await misbehavingSes('cut');
    const { notifier, options, state: time } = await openNotifier(endpoint);
    const dsrId = randomUUID();
    const key = `${dsrId}/1`;
    expect((await notifier.send(notice(dsrId), key)).kind).toBe('failed');
    expect(await notifier.send(notice(dsrId), key)).toEqual({ kind: 'failed', code: 'being-sent' });
    expect(state.calls).toBe(1);
    time.now += LEASE + 1;
    const mended = snsSesNotifier({ ...options, ...createNoticeClients(standIn()) });
    expect(await mended.send(notice(dsrId), key)).toEqual({ kind: 'accepted' });
    expect(await mended.send(notice(dsrId), key)).toEqual({ kind: 'already-accepted' });
    time.now += 10 * LEASE;
    expect(await mended.send(notice(dsrId), key)).toEqual({ kind: 'already-accepted' });
    server.close();
  });

  it('renders the mail in the subject’s language, with a tag that names no one', async () => {
    const { notifier } = await openNotifier();
    const dsrId = randomUUID();
    await notifier.send(notice(dsrId), `${dsrId}/1`);
    const [mail] = (await sentMails()).filter((one) => one.includes(dsrId));
    expect(mail).toContain('ann@example.com');
    expect(mail).toContain(FROM);
    expect(mail).toMatch(/eingegangen|erhalten|Anfrage|Antrag/);
  });
});
