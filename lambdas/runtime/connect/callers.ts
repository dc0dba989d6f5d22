import { createHmac } from 'node:crypto';
import { dynamodbAgentDirectory } from '../../../lib/aws/requests/dynamodb-agent-directory.ts';
import { dynamodbRateLimits } from '../../../lib/aws/requests/dynamodb-rate-limits.ts';
import type { AgentDirectory } from '../../../lib/core/ports/agent-directory.ts';
import type { RateLimitStore } from '../../../lib/core/rate-limits/token-bucket.ts';
import { roleOfSession } from '../principal.ts';
import { dynamodbClient } from './clients.ts';

export interface ConnectedCallers {
  agents: AgentDirectory;
  rateLimits: RateLimitStore;
}

/**
 * Who may send requests, and how often anybody may call.
 * @param secret from which the key is derived that hides callers' addresses in the table
 */
export function connectCallers(
  service: string,
  env: { readonly AGENTS_TABLE: string; readonly RATE_LIMITS_TABLE: string },
  secret: Uint8Array,
): ConnectedCallers {
  const client = dynamodbClient(service);
  const directory = dynamodbAgentDirectory({ client, tableName: env.AGENTS_TABLE });
  const hashKey = createHmac('sha256', secret).update('lethe-rate-limits/1').digest();
  return {
    agents: {
      byKeyId: (keyId) => directory.byKeyId(keyId),
      byPrincipal: (principal) => directory.byPrincipal(roleOfSession(principal)),
    },
    rateLimits: dynamodbRateLimits({ client, tableName: env.RATE_LIMITS_TABLE, hashKey }),
  };
}
