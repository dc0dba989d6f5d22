import { createRemoteJWKSet } from 'jose';
import {
  administratorTokens,
  type VerifyAdministrator,
} from '../../lib/api/auth/administrator-tokens.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';

/** How long the pool's keys are used before they are fetched again, ms; a new key fetches at once. */
const KEYS_KEPT = 10 * 60 * 1_000;
/** A key that is not known fetches at most so often, ms: forged tokens must not make us call. */
const COOLDOWN = 30 * 1_000;
const TIMEOUT = 3_000;

/** Administrators by tokens of a Cognito user pool; nobody where there is no pool. */
export function administratorsOf(
  pool: { issuer: string; clientIds: readonly string[] } | undefined,
  clock: Clock,
): VerifyAdministrator {
  if (pool === undefined) return () => Promise.resolve(undefined);
  const { issuer, clientIds } = pool;
  // Source: Cognito developer guide, "Verifying JSON web tokens".
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
    cacheMaxAge: KEYS_KEPT,
    cooldownDuration: COOLDOWN,
    timeoutDuration: TIMEOUT,
  });
  return administratorTokens({ issuer, clientIds, keys, clock });
}
