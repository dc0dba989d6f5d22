import ipaddr from 'ipaddr.js';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import { ApiFault, errorSchema } from '../http/faults.ts';
import { json, route, type Route } from '../http/route.ts';
import { administratorTokens, type VerifyAdministrator } from './administrator-tokens.ts';
import { ROLES } from './caller.ts';

/** A login without a password was asked for where others could reach it. */
export class DevelopmentLoginError extends Error {
  override readonly name = 'DevelopmentLoginError';
}

const ISSUER = 'urn:lethe:development';
const CLIENT = 'development';
const HOUR = 3_600;

const loginSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short name such as "ada"'),
    roles: z.array(z.enum(ROLES)).min(1),
  })
  .meta({ id: 'DevelopmentLogin' });

/**
 * Tokens without a password, for the local target: made and verified like Cognito's, with a key that
 * lives as long as the process.
 * @param options.bindAddress where the server listens
 * @throws {DevelopmentLoginError} unless that is a loopback address
 */
export async function developmentLogin(options: {
  bindAddress: string;
  clock: Clock;
}): Promise<{ verify: VerifyAdministrator; route: Route }> {
  if (!isLoopback(options.bindAddress)) {
    throw new DevelopmentLoginError(
      'The development login gives anyone any role, so it only works on a loopback address; ' +
        'listen on 127.0.0.1, or configure Cognito.',
    );
  }
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256' }] });

  const login = route({
    method: 'post',
    path: '/dev/login',
    operationId: 'developmentLogin',
    summary: 'A token without a password; on loopback only',
    tag: 'Development',
    access: { kind: 'open' },
    body: loginSchema,
    replies: {
      200: { description: 'A token for an hour', schema: z.object({ token: z.string() }) },
      403: { description: 'Called under another name than localhost', schema: errorSchema },
    },
    handle: async ({ body: { name, roles }, headers }) => {
      // A web page that has its own name point to 127.0.0.1 would reach us, but under that name.
      if (!isLocalHost(headers.get('host') ?? '')) {
        throw new ApiFault(403, {
          domain: 'Authentication',
          reason: 'not-local',
          message: 'the development login answers to localhost only',
        });
      }
      const now = Math.floor(options.clock.now() / 1_000);
      const token = await new SignJWT({
        token_use: 'access',
        client_id: CLIENT,
        'cognito:groups': roles,
      })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(ISSUER)
        .setSubject(`development-${name}`)
        .setIssuedAt(now)
        .setExpirationTime(now + HOUR)
        .sign(privateKey);
      return json(200, { token });
    },
  });

  const verify = administratorTokens({
    issuer: ISSUER,
    clientIds: [CLIENT],
    keys,
    clock: options.clock,
  });
  return { verify, route: login };
}

function isLoopback(address: string): boolean {
  if (address === 'localhost') return true;
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name);
}
