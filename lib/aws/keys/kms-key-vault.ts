import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyOutcome, KeyVault } from '../../core/ports/key-vault.ts';

export interface KmsKeyVaultOptions {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  /** Table with the partition key `name` (string). No backups, no point-in-time recovery. */
  readonly table: string;
  /** KMS key (symmetric) that wraps the keys: its ARN. */
  readonly kmsKeyId: string;
}

/** KMS answered without the key it was asked for. */
class KeyNotGivenError extends Error {
  override readonly name = 'KeyNotGivenError';
}

/**
 * The port KeyVault: data keys that KMS wraps, each under its own name (encryption context `name`), in
 * a DynamoDB table. A key is destroyed by writing over its wrapped form, so the table must have no
 * backup from which it could come back. Nothing is remembered in memory: what is destroyed is gone
 * for every caller with the next call.
 */
export function kmsKeyVault({ kms, dynamodb, table, kmsKeyId }: KmsKeyVaultOptions): KeyVault {
  const get = async (name: string): Promise<KeyOutcome> => {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { name: { S: name } }, ConsistentRead: true }),
    );
    if (Item === undefined) return { kind: 'missing' };
    const wrapped = Item['wrapped']?.B;
    if (wrapped === undefined) return { kind: 'destroyed' };
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        KeyId: kmsKeyId,
        CiphertextBlob: wrapped,
        EncryptionContext: { name },
      }),
    );
    return { kind: 'key', key: given(Plaintext) };
  };

  const create = async (name: string): Promise<KeyOutcome> => {
    const found = await get(name);
    if (found.kind !== 'missing') return found;
    const made = await kms.send(
      new GenerateDataKeyCommand({
        KeyId: kmsKeyId,
        KeySpec: 'AES_256',
        EncryptionContext: { name },
      }),
    );
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: { name: { S: name }, wrapped: { B: given(made.CiphertextBlob) } },
          ConditionExpression: 'attribute_not_exists(#name)',
          ExpressionAttributeNames: { '#name': 'name' },
        }),
      );
    } catch (error) {
      // Of two makers one wins, and both use its key.
      if (error instanceof ConditionalCheckFailedException) return get(name);
      throw error;
    }
    return { kind: 'key', key: given(made.Plaintext) };
  };

  const destroy = async (name: string): Promise<void> => {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: { name: { S: name }, destroyed: { BOOL: true } },
      }),
    );
  };

  return { create, get, destroy };
}

function given(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new KeyNotGivenError('KMS answered without a key.');
  return bytes;
}
