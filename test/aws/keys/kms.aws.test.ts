import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { kmsKeyVault } from '../../../lib/aws/keys/kms-key-vault.ts';
import { openKmsSigner } from '../../../lib/aws/keys/kms-signer.ts';
import { keyVaultContract } from '../../contracts/key-vault.ts';
import { signerContract } from '../../contracts/signer.ts';
import { standIn } from '../stand-in.ts';

async function openVault() {
  const kms = new KMSClient(standIn());
  const dynamodb = new DynamoDBClient(standIn());
  const table = `keys-${randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'name', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30 }, { TableName: table });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const kmsKeyId = KeyMetadata!.Arn!;
  const close = () => {
    kms.destroy();
    dynamodb.destroy();
    return Promise.resolve();
  };
  return { vault: kmsKeyVault({ kms, dynamodb, table, kmsKeyId }), kms, dynamodb, table, close };
}

keyVaultContract('kmsKeyVault', openVault);

describe('kmsKeyVault', () => {
  it('keeps keys wrapped, each opened under its own name alone, and nothing of a destroyed one', async () => {
    const { vault, kms, dynamodb, table, close } = await openVault();
    const made = await vault.create('request/1');
    const read = async () => {
      const Key = { name: { S: 'request/1' } };
      return (await dynamodb.send(new GetItemCommand({ TableName: table, Key }))).Item!;
    };
    const wrapped = (await read())['wrapped']!.B!;
    expect(made.kind === 'key' && Buffer.from(wrapped).includes(Buffer.from(made.key))).toBe(false);
    const asAnother = new DecryptCommand({
      CiphertextBlob: wrapped,
      EncryptionContext: { name: 'request/2' },
    });
    await expect(kms.send(asAnother)).rejects.toThrow();
    await vault.destroy('request/1');
    expect(await read()).toEqual({ name: { S: 'request/1' }, destroyed: { BOOL: true } });
    await close();
  });
});

async function makeSigningKey(KeySpec: 'RSA_3072' | 'ECC_NIST_P256') {
  const client = new KMSClient(standIn());
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }),
  );
  return { client, arn: KeyMetadata!.Arn! };
}

signerContract('openKmsSigner', async () => {
  const { client, arn } = await makeSigningKey('RSA_3072');
  const signer = await openKmsSigner(client, arn);
  return {
    signer,
    publicKeyPem: signer.publicKeyPem,
    reopen: () => openKmsSigner(client, arn),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
});

describe('openKmsSigner', () => {
  it('refuses a key that cannot sign what receipts need', async () => {
    const { client, arn } = await makeSigningKey('ECC_NIST_P256');
    await expect(openKmsSigner(client, arn)).rejects.toThrow('must be an RSA key');
    client.destroy();
  });
});
