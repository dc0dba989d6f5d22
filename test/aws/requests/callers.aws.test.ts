import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamodbAgentDirectory } from '../../../lib/aws/requests/dynamodb-agent-directory.ts';
import { dynamodbRateLimits } from '../../../lib/aws/requests/dynamodb-rate-limits.ts';
import { agentRegisterContract } from '../../contracts/agent-register.ts';
import { rateLimitStoreContract } from '../../contracts/rate-limit-store.ts';
import { makeTable } from './make-table.ts';

const hashKey = new Uint8Array(32).fill(7);

rateLimitStoreContract('RateLimitStore on DynamoDB', async () => {
  const table = await makeTable();
  return { ...table, store: dynamodbRateLimits({ ...table, hashKey }) };
});

agentRegisterContract('AgentRegister on DynamoDB', async () => {
  const table = await makeTable();
  return { ...table, register: dynamodbAgentDirectory(table) };
});

it('callers stand in the table as keyed hashes, and lapse', async () => {
  const { client, tableName, close } = await makeTable();
  const store = dynamodbRateLimits({ client, tableName, hashKey });
  await store.take('203.0.113.9', { capacity: 1, perSecond: 1 }, 5_000);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  expect(Items).toHaveLength(1);
  expect(JSON.stringify(Items)).not.toContain('203.0.113');
  expect(Number(Items[0]!['expiresAt']?.N)).toBeGreaterThan(5);
  await close();
});
