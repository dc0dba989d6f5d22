import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import { ROLES, type Administrator, type Role } from './caller.ts';

/** Answers who holds a token, or undefined when it proves nothing. */
export type VerifyAdministrator = (token: string) => Promise<Administrator | undefined>;

const claims = z.object({
  sub: z.string().min(1).max(128),
  token_use: z.literal('access'),
  client_id: z.string(),
  'cognito:groups': z.array(z.string()).optional(),
});

/** jose's codes for a key set that could not be fetched, or was none. */
const OUR_FAULT = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

/**
 * Verifies access tokens as Amazon Cognito issues them: signature, issuer, expiry, use, and that
 * they were made for one of our app clients. Cognito's access tokens name their audience in
 * `client_id` and have no `aud`. Roles are the user pool groups of the same names.
 *
 * @param options.keys the pool's key set: `createRemoteJWKSet` on AWS, a local key set elsewhere.
 * Source: Amazon Cognito developer guide, "Verifying JSON web tokens".
 */
export function administratorTokens(options: {
  issuer: string;
  clientIds: readonly string[];
  keys: JWTVerifyGetKey;
  clock: Clock;
}): VerifyAdministrator {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, options.keys, {
        issuer: options.issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(options.clock.now()),
      });
      const parsed = claims.safeParse(payload);
      if (!parsed.success || !options.clientIds.includes(parsed.data.client_id)) return undefined;
      const groups = parsed.data['cognito:groups'] ?? [];
      const roles = ROLES.filter((role: Role) => groups.includes(role));
      return { kind: 'administrator', id: parsed.data.sub, roles };
    } catch (error) {
      // Whatever is wrong with a token, it is refused. A key set out of reach is our own fault.
      if (error instanceof errors.JOSEError && !OUR_FAULT.has(error.code)) return undefined;
      throw error;
    }
  };
}
