import { dynamodbAgentDirectory } from '../../lib/aws/requests/dynamodb-agent-directory.ts';
import { clock, random } from '../runtime/connect/chance.ts';
import { dynamodbClient } from '../runtime/connect/clients.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { registerAgentsEnv } from './env.ts';
import { registerAgents, type RegisterAgentsAnswer } from './register-agents.ts';

const SERVICE = 'register-agents';
const env = readEnv(registerAgentsEnv, process.env);
const client = dynamodbClient(SERVICE);
const agents = dynamodbAgentDirectory({ client, tableName: env.AGENTS_TABLE });
const log = createLog(SERVICE);

export const handler = (event: unknown): Promise<RegisterAgentsAnswer> =>
  registerAgents(event, { agents, clock, random, log });
