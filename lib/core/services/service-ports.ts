import type { Clock } from '../ports/clock.ts';
import type { Crosswalk } from '../ports/crosswalk.ts';
import type { Services } from '../ports/services.ts';
import { askService, callService, resolveIdentities, type ServicePost } from './service-client.ts';

/** The port Services over one service of the protocol. What the wire throws is a failed call. */
export function serviceOver(post: ServicePost, clock: Clock): Services {
  return {
    call: (call) =>
      callService(post, call, clock.now()).catch((error: unknown) => ({
        kind: 'failed',
        code: codeOf(error),
        retryable: true,
      })),
    lookUp: (store, identities) =>
      askService(post, store, identities).catch((error: unknown) => ({
        kind: 'failed',
        code: codeOf(error),
      })),
  };
}

/** The port Crosswalk over the service that keeps the golden record. */
export function crosswalkOver(post: ServicePost): Crosswalk {
  return {
    resolve: (identities) =>
      resolveIdentities(post, identities).catch((error: unknown) => ({
        kind: 'failed',
        code: codeOf(error),
      })),
  };
}

/** A call that got no answer. The code is a word of ours: a wire's own message may quote the call. */
export class ServiceWireError extends Error {
  override readonly name = 'ServiceWireError';
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`The service could not be asked: ${code}`, { cause });
    this.code = code;
  }
}

function codeOf(error: unknown): string {
  return error instanceof ServiceWireError ? error.code : 'call-threw';
}
