import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendEmailCommand, SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { createHash } from 'node:crypto';
import { isMailAddress } from '../../core/notices/mail-address.ts';
import { renderMail } from '../../core/notices/render-mail.ts';
import type { Site } from '../../core/notices/site.ts';
import { renderSystemNotice } from '../../core/notices/system-notice.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Notice, NoticeOutcome, Notifier } from '../../core/ports/notifier.ts';
import { noticeLedger } from './notice-ledger.ts';
import { outcomeOfError, type SendOutcome } from './send-outcome.ts';

export interface NotifierOptions {
  /** Each with one attempt a call: {@link createNoticeClients}. */
  readonly ses: SESv2Client;
  readonly sns: SNSClient;
  readonly dynamodb: DynamoDBClient;
  /** Table of accepted notices; see {@link noticeLedger}. */
  readonly table: string;
  /** Topic for administrators and systems: its ARN. */
  readonly topicArn: string;
  /** Sender of mail: an identity verified with SES. */
  readonly from: string;
  /** SES configuration set, through which bounces are told. @default none */
  readonly configurationSet?: string;
  readonly site: Site;
  readonly clock: Clock;
  /** A fresh text at each call. */
  readonly newClaimId: () => string;
}

/** Longest that one send may take, ms; well below the ledger's lease. */
const SEND_TIMEOUT = 15_000;

/**
 * Clients that send once a call: a repetition after a lost answer would be a second mail, so the
 * ledger alone decides what is sent again and when.
 */
export function createNoticeClients(
  options: SESv2ClientConfig & SNSClientConfig = {},
): Pick<NotifierOptions, 'ses' | 'sns'> {
  const once = { maxAttempts: 1, ...options };
  return { ses: new SESv2Client(once), sns: new SNSClient(once) };
}

/**
 * The port Notifier on AWS: mail to data subjects through SES, everything else to an SNS topic. A
 * notice is claimed in the ledger before it is sent and noted there after; see docs/adr/0016 for what
 * a crash in between can do.
 */
export function snsSesNotifier(options: NotifierOptions): Notifier {
  const { dynamodb, table, clock, newClaimId } = options;
  const ledger = noticeLedger(dynamodb, table, clock, newClaimId);
  return {
    send: async (notice, dedupeKey): Promise<NoticeOutcome> => {
      const send = prepare(options, notice, dedupeKey);
      if (typeof send === 'string') return { kind: 'undeliverable', code: send };
      const claim = await ledger.claim(dedupeKey);
      switch (claim.kind) {
        case 'accepted':
          return { kind: 'already-accepted' };
        case 'busy':
          return { kind: 'failed', code: 'being-sent' };
        case 'undeliverable':
          return claim;
        case 'claimed':
          break;
      }
      const outcome = await send().catch(outcomeOfError);
      switch (outcome.kind) {
        case 'accepted':
          await claim.settle.accepted();
          return outcome;
        case 'undeliverable':
          await claim.settle.undeliverable(outcome.code);
          return outcome;
        case 'refused':
          await claim.settle.release();
          return { kind: 'failed', code: outcome.code };
        case 'unclear':
          // The lease stays: within it nobody sends what may be on its way.
          return { kind: 'failed', code: outcome.code };
      }
    },
  };
}

/** The send, ready to be done, or a code that says why it can never arrive. */
function prepare(
  options: NotifierOptions,
  notice: Notice,
  dedupeKey: string,
): (() => Promise<SendOutcome>) | string {
  return notice.audience === 'subject'
    ? prepareMail(options, notice, dedupeKey)
    : preparePublication(options, notice, dedupeKey);
}

function prepareMail(
  { ses, from, configurationSet, site, clock }: NotifierOptions,
  notice: Notice,
  dedupeKey: string,
): (() => Promise<SendOutcome>) | string {
  const { address } = notice;
  if (address === undefined) return 'no-address';
  if (!isMailAddress(address)) return 'malformed-address';
  const mail = renderMail(site, notice, clock.now());
  if (mail === undefined) return 'not-for-subjects';
  const text = (Data: string) => ({ Data, Charset: 'UTF-8' });
  const command = new SendEmailCommand({
    FromEmailAddress: from,
    Destination: { ToAddresses: [address] },
    Content: {
      Simple: {
        Subject: text(mail.subject),
        Body: { Text: text(mail.text), Html: text(mail.html) },
        Headers: [
          { Name: 'Auto-Submitted', Value: 'auto-generated' },
          { Name: 'Content-Language', Value: mail.language },
        ],
      },
    },
    // By which two mails of one notice can be told in SES's own records.
    EmailTags: [{ Name: 'notice', Value: noticeTag(dedupeKey) }],
    ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet }),
  });
  return () => accepted(ses.send(command, { abortSignal: AbortSignal.timeout(SEND_TIMEOUT) }));
}

function preparePublication(
  { sns, topicArn }: NotifierOptions,
  notice: Notice,
  dedupeKey: string,
): (() => Promise<SendOutcome>) | string {
  const rendered = renderSystemNotice(notice);
  if (rendered === undefined) return 'not-for-systems';
  const { subject, message, attributes } = rendered;
  const named = { ...attributes, notice: noticeTag(dedupeKey) };
  const command = new PublishCommand({
    TopicArn: topicArn,
    Subject: subject,
    Message: message,
    MessageAttributes: Object.fromEntries(
      Object.entries(named).map(([name, value]) => [
        name,
        { DataType: 'String', StringValue: value },
      ]),
    ),
  });
  return () => accepted(sns.send(command, { abortSignal: AbortSignal.timeout(SEND_TIMEOUT) }));
}

async function accepted(answer: Promise<unknown>): Promise<SendOutcome> {
  await answer;
  return { kind: 'accepted' };
}

/** Of letters and digits alone, as SES wants it. */
function noticeTag(dedupeKey: string): string {
  return createHash('sha256').update(dedupeKey).digest('hex').slice(0, 32);
}
