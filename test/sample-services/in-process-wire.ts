import { randomUUID } from 'node:crypto';
import type { ServiceWire } from '../../lib/core/services/conformance/check.ts';
import { answerCall } from '../../lib/sample-services/answer-call.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import type { SampleService } from '../../lib/sample-services/sample-service.ts';

/** Reaches a sample service as a server in front of it would: bytes in, bytes out. */
export function inProcessWire(service: SampleService, deps: ServiceDependencies): ServiceWire {
  return {
    newId: () => randomUUID(),
    wait: () => Promise.resolve(),
    call: async (method, path, body) => {
      const sent = body instanceof Uint8Array ? Buffer.from(body).toString() : JSON.stringify(body);
      const answer = await answerCall(service, deps, { method, path, body: parse(sent) });
      const text = JSON.stringify(answer.body);
      const bytes = Buffer.byteLength(text);
      return { kind: 'reply', status: answer.status, body: parse(text), bytes };
    },
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
