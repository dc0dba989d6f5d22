import * as z from 'zod';
import { mintAgentKey } from '../../lib/api/auth/agent-keys.ts';
import type { AgentRegister } from '../../lib/core/ports/agent-directory.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Randomness } from '../../lib/core/ports/randomness.ts';
import type { Log } from '../runtime/log.ts';

export interface RegisterAgentsContext {
  readonly agents: Pick<AgentRegister, 'register' | 'revoke'>;
  readonly clock: Clock;
  readonly random: Pick<Randomness, 'bytes'>;
  readonly log: Log;
}

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'must be a plain name of at most 100 characters');

const registration = z.strictObject({
  /** Names the program that sends requests, never a person. */
  agentId: name,
  /** The controller for whom it sends. */
  controllerId: name,
  /** Whether it answers for the identity of data subjects; otherwise they are asked by mail. */
  vouches: z.boolean(),
  /** An IAM role: it needs no key, its signature is its proof. Sessions' ARNs tell no path of it. */
  principal: z
    .string()
    .regex(
      /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@-]{1,64}$/,
      'must be the ARN of an IAM role, without its path',
    )
    .optional(),
});
const revocation = z.strictObject({
  revoke: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'must be the id of a key: the 16 digits after "lethe_"'),
});

export type RegisterAgentsAnswer =
  /** The key is told this once; only a hash of it is kept. */
  | { readonly ok: true; readonly keyId: string; readonly apiKey: string }
  | { readonly ok: true; readonly principal: string }
  | { readonly ok: true; readonly revoked: string }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Registers an agent that may send requests, or takes its key away. Called by hand, from the console
 * or with `aws lambda invoke`: who may call is IAM's to say.
 * @param event `{"agentId":"shop","controllerId":"acme","vouches":false}`, optionally with
 * `"principal":"arn:aws:iam::…:role/…"`; or `{"revoke":"<key id>"}`
 */
export async function registerAgents(
  event: unknown,
  context: RegisterAgentsContext,
): Promise<RegisterAgentsAnswer> {
  const revokes = typeof event === 'object' && event !== null && 'revoke' in event;
  return revokes ? revoke(event, context) : register(event, context);
}

async function register(
  event: unknown,
  { agents, random, log }: RegisterAgentsContext,
): Promise<RegisterAgentsAnswer> {
  const parsed = registration.safeParse(event);
  if (!parsed.success) return refuse(log, parsed.error);
  const { principal, ...agent } = parsed.data;
  if (principal !== undefined) {
    if ((await agents.register({ principal }, agent)) === 'exists') {
      return { ok: false, faults: ['principal: is registered already, and was left as it was'] };
    }
    log.info('A role was registered');
    return { ok: true, principal };
  }
  const { apiKey, keyId, secretHash } = mintAgentKey((size) => random.bytes(size));
  if ((await agents.register({ keyId }, { ...agent, secretHash })) === 'exists') {
    return { ok: false, faults: ['event: the key met another one; call again'] };
  }
  log.info('An agent was registered');
  return { ok: true, keyId, apiKey };
}

async function revoke(
  event: object,
  { agents, clock, log }: RegisterAgentsContext,
): Promise<RegisterAgentsAnswer> {
  const parsed = revocation.safeParse(event);
  if (!parsed.success) return refuse(log, parsed.error);
  const keyId = parsed.data.revoke;
  if ((await agents.revoke(keyId, clock.now())) === 'missing') {
    return { ok: false, faults: ['revoke: there is no key of this id'] };
  }
  log.info('A key was revoked');
  return { ok: true, revoked: keyId };
}

function refuse(log: Log, { issues }: z.ZodError): RegisterAgentsAnswer {
  log.warn('The event has faults', { faults: issues.length });
  const faults = issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'event'}: ${message}`,
  );
  return { ok: false, faults };
}
