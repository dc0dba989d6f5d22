import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AgentRecord, AgentRegister } from '../../core/ports/agent-directory.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';

type Item = Record<string, AttributeValue>;

export interface DynamodbAgentDirectoryOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/**
 * The agents on one DynamoDB table, keys `pk` and `sk`: `key#<key id>` or `principal#<ARN>` / `agent`.
 * Of a key only the hash of its secret is there.
 */
export function dynamodbAgentDirectory(options: DynamodbAgentDirectoryOptions): AgentRegister {
  const { client, tableName, patience = PATIENCE } = options;
  const read = async (pk: string): Promise<AgentRecord | undefined> => {
    const get = new GetItemCommand({ TableName: tableName, Key: keyOf(pk), ConsistentRead: true });
    return agentOf((await patiently(() => client.send(get), patience)).Item);
  };
  const write = async (command: PutItemCommand | UpdateItemCommand): Promise<boolean> => {
    try {
      await patiently(() => client.send(command as PutItemCommand), patience);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  return {
    byKeyId: (keyId) => read(`key#${keyId}`),
    byPrincipal: async (principal) => {
      const record = await read(`principal#${principal}`);
      if (record === undefined || record.revokedAt !== undefined) return undefined;
      const { agentId, controllerId, vouches } = record;
      return { kind: 'agent', agentId, controllerId, vouches };
    },
    register: async (by, { agentId, controllerId, vouches, secretHash = '' }) => {
      const pk = 'keyId' in by ? `key#${by.keyId}` : `principal#${by.principal}`;
      const isWritten = await write(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyOf(pk),
            agentId: { S: agentId },
            controllerId: { S: controllerId },
            vouches: { BOOL: vouches },
            secretHash: { S: secretHash },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return isWritten ? 'registered' : 'exists';
    },
    revoke: async (keyId, at) => {
      const isWritten = await write(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(`key#${keyId}`),
          UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :at)',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':at': { N: String(at) } },
        }),
      );
      return isWritten ? 'revoked' : 'missing';
    },
  };
}

function keyOf(pk: string): Item {
  return { pk: { S: pk }, sk: { S: 'agent' } };
}

/** @throws {TypeError} where an item is not one of ours: nobody is let in by a guess. */
function agentOf(item: Item | undefined): AgentRecord | undefined {
  if (item === undefined) return undefined;
  const agentId = item['agentId']?.S;
  const controllerId = item['controllerId']?.S;
  const secretHash = item['secretHash']?.S;
  const vouches = item['vouches']?.BOOL;
  if (
    agentId === undefined ||
    controllerId === undefined ||
    secretHash === undefined ||
    vouches === undefined
  ) {
    throw new TypeError('The table of agents holds an item that is none');
  }
  const revokedAt = item['revokedAt']?.N;
  const record = { agentId, controllerId, vouches, secretHash };
  return revokedAt === undefined ? record : { ...record, revokedAt: Number(revokedAt) };
}
