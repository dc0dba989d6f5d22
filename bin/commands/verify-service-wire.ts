import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ServiceWire } from '../../lib/core/services/conformance/check.ts';
import { CALL_TIMEOUT } from '../../lib/core/services/protocol.ts';

/** Reaches a service over HTTP, as an executor does. */
export function httpServiceWire(baseUrl: string, token: string | undefined): ServiceWire {
  return {
    newId: () => randomUUID(),
    wait: (milliseconds) => setTimeout(milliseconds),
    call: async (method, path, body) => {
      try {
        const reply = await fetch(baseUrl + path, {
          method,
          redirect: 'error',
          signal: AbortSignal.timeout(CALL_TIMEOUT),
          headers: {
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          body:
            body === undefined
              ? null
              : body instanceof Uint8Array
                ? new Uint8Array(body)
                : JSON.stringify(body),
        });
        const text = await reply.text();
        const bytes = Buffer.byteLength(text);
        return { kind: 'reply', status: reply.status, body: parse(text), bytes };
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        return { kind: 'failed', code: name === 'TimeoutError' ? 'timeout' : 'unreachable' };
      }
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
