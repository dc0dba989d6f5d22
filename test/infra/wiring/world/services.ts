import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Answers } from '../aws-stand-in.ts';

/** KMS whose wrapped keys are the keys themselves, and one RSA key. */
export function kmsAnswers(): Answers {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    'kms:GenerateDataKey': ({ KeyId }) => {
      const key = randomBytes(32).toString('base64');
      return { KeyId, Plaintext: key, CiphertextBlob: key };
    },
    'kms:Decrypt': ({ KeyId, CiphertextBlob }) => ({ KeyId, Plaintext: CiphertextBlob }),
    'kms:GetPublicKey': ({ KeyId }) => ({
      KeyId,
      PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      SigningAlgorithms: ['RSASSA_PKCS1_V1_5_SHA_256'],
      KeyUsage: 'SIGN_VERIFY',
    }),
    'kms:Sign': ({ KeyId, Message, MessageType }) => {
      if (MessageType !== 'RAW') throw new Error('Messages of this journey are short');
      const signature = createSign('sha256').update(Buffer.from(String(Message), 'base64'));
      return {
        KeyId,
        Signature: signature.sign(privateKey, 'base64'),
        SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
      };
    },
  };
}

/** A secret for each name, of the length that ours have, until something is put into it. */
export function secretAnswers(): Answers {
  const values = new Map<string, string>();
  return {
    'secretsmanager:GetSecretValue': ({ SecretId }) => ({
      ARN: SecretId,
      SecretString:
        values.get(String(SecretId)) ?? createHash('sha256').update(String(SecretId)).digest('hex'),
    }),
    'secretsmanager:PutSecretValue': ({ SecretId, SecretString }) => {
      values.set(String(SecretId), String(SecretString));
      return { ARN: SecretId };
    },
  };
}

/** Streams that keep what they are given. */
export class Streams {
  private readonly records = new Map<string, string[]>();

  /** Data of the records since the last time, in base64. */
  drain(name: string): readonly string[] {
    return (this.records.get(name) ?? []).splice(0);
  }

  put(name: string, data: readonly string[]): void {
    this.records.set(name, [...(this.records.get(name) ?? []), ...data]);
  }

  readonly answers: Answers = {
    'kinesis:PutRecords': ({ StreamName, Records }) => {
      const records = Records as { Data: string }[];
      this.put(
        String(StreamName),
        records.map(({ Data }) => Data),
      );
      return {
        FailedRecordCount: 0,
        Records: records.map((_, at) => ({
          SequenceNumber: `4954498525690737043307188847${String(at).padStart(4, '0')}`,
          ShardId: 'shardId-000000000000',
        })),
      };
    },
  };
}

/** Mail and notices that were accepted. */
export class Post {
  readonly mails: string[] = [];
  readonly notices: string[] = [];

  /** Whether SES turns the next mail away, as it does above an account's rate. */
  isBusy = false;

  readonly answers: Answers = {
    'ses:SendEmail': (input) => {
      if (this.isBusy) {
        this.isBusy = false;
        return { __type: 'LimitExceededException' };
      }
      this.mails.push(JSON.stringify(input));
      return { MessageId: '0100017f-mail' };
    },
    'sns:Publish': (input) => {
      this.notices.push(JSON.stringify(input));
      return '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult></PublishResponse>';
    },
  };
}
