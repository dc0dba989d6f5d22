import { ApiFault } from '../http/faults.ts';
import type { Access } from '../http/route.ts';
import type { VerifyAdministrator } from './administrator-tokens.ts';
import type { AgentDirectory } from '../../core/ports/agent-directory.ts';
import { authenticateAgent } from './agent-keys.ts';
import type { Caller } from './caller.ts';

export interface Authentication {
  agents: AgentDirectory;
  administrators: VerifyAdministrator;
}

/** Longest credential looked at. In characters. */
const MAX_CREDENTIAL = 8_192;

/**
 * Finds out who calls a route, and whether they may.
 * @param principal the IAM principal that API Gateway has verified, if any
 * @throws {ApiFault} 401 for who cannot be told, 403 for who may not
 */
export async function authenticate(
  { agents, administrators }: Authentication,
  access: Access,
  headers: Headers,
  principal: string | undefined,
  now: number,
): Promise<Caller> {
  if (access.kind === 'open') return { kind: 'anonymous' };
  const credential = bearer(headers);
  if (access.kind === 'agent') {
    const key = headers.get('x-api-key') ?? credential;
    const agent =
      key !== undefined
        ? await authenticateAgent(agents, key.slice(0, MAX_CREDENTIAL), now)
        : principal !== undefined
          ? await agents.byPrincipal(principal)
          : undefined;
    if (agent === undefined)
      throw unknownCaller('send your API key as X-Api-Key, or sign with IAM');
    return agent;
  }
  const administrator =
    credential !== undefined && credential.length <= MAX_CREDENTIAL
      ? await administrators(credential)
      : undefined;
  if (administrator === undefined) throw unknownCaller('send a valid access token as Bearer');
  if (!access.roles.some((role) => administrator.roles.includes(role))) {
    throw new ApiFault(403, {
      domain: 'Authentication',
      reason: 'role',
      message: `this needs the role ${access.roles.join(' or ')}`,
    });
  }
  return administrator;
}

function bearer(headers: Headers): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

function unknownCaller(message: string): ApiFault {
  return new ApiFault(
    401,
    { domain: 'Authentication', reason: 'unknown-caller', message },
    { 'www-authenticate': 'Bearer' },
  );
}
