import { describe, expect, it } from 'vitest';
import type { ServiceCall, ServiceReply, Services } from '../../../lib/core/ports/services.ts';
import {
  answerServiceCall,
  type ServedStores,
} from '../../../lib/core/services/answer-service-call.ts';
import { verifyService } from '../../../lib/core/services/conformance/verify-service.ts';
import { PROTOCOL, SERVICE_PATHS } from '../../../lib/core/services/protocol.ts';
import { callService } from '../../../lib/core/services/service-client.ts';

const NOW = 1_000_000;
const ANN = { identifier: 'email', value: 'ann@example.com' };

function served(services: Partial<Services>): ServedStores {
  const nothing: Services = {
    call: () => Promise.resolve({ kind: 'no-data' }),
    lookUp: () => Promise.resolve({ kind: 'absent' }),
  };
  return {
    name: 'warehouse',
    stores: [
      {
        name: 'customers',
        operations: ['gather', 'erase', 'undo'],
        identifiers: ['email'],
        tracking: 'horizontal',
      },
    ],
    taskSeconds: 60,
    services: { ...nothing, ...services },
    clock: { now: () => NOW },
  };
}

const call = {
  ...{ dsrId: 'd', taskId: 'customers', attempt: 1, store: 'customers', operation: 'erase' },
  ...{ identities: [ANN], reason: 'dsr:d/customers#1' },
} as const satisfies ServiceCall;
const task = { protocol: PROTOCOL, ...call };

describe('stores served through the protocol', () => {
  it.each<ServiceReply>([
    { kind: 'no-data' },
    { kind: 'failed', code: 'warehouse-timeout', retryable: true },
    { kind: 'exempt', basis: 'tax law', keptUntil: NOW + 5_000 },
    { kind: 'done', affected: 3, backupsExpireAt: NOW + 9_000, undoableUntil: NOW + 4_000 },
    { kind: 'done', affected: 0, backupsExpireAt: NOW + 9_000 },
    { kind: 'done', affected: 3, certificate: 'certificates/run-1.ndjson#Zm9v_-8' },
    { kind: 'done', affected: 1, data: { kind: 'inline', records: [{ a: 1 }] } },
    { kind: 'accepted', checkAt: NOW + 7_000 },
    { kind: 'fenced' },
  ])('tell the engine what they told the protocol: %j', async (reply) => {
    const seen: ServiceCall[] = [];
    const stores = served({
      call: (given) => {
        seen.push(given);
        return Promise.resolve(reply);
      },
    });
    const post = async (path: string, body: unknown) => {
      const answer = await answerServiceCall(stores, { method: 'POST', path, body });
      return { kind: 'reply' as const, status: answer.status, body: answer.body };
    };
    const outcome = await callService(post, call, NOW);
    expect(seen).toEqual([call]);
    expect(outcome).toEqual(reply);
  });

  it('keep the rules of the protocol that need no data subject', async () => {
    let id = 0;
    const stores = served({});
    const results = await verifyService(
      {
        newId: () => `id-${++id}`,
        wait: () => Promise.resolve(),
        call: async (method, path, body) => {
          const parsed = body instanceof Uint8Array ? undefined : body;
          const answer = await answerServiceCall(stores, { method, path, body: parsed });
          return { kind: 'reply', ...answer, bytes: JSON.stringify(answer.body).length };
        },
      },
      undefined,
    );
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(results.filter(({ outcome }) => outcome === 'passed')).toHaveLength(3);
  });

  it('answer a look-up that failed as unavailable, never as nobody', async () => {
    const stores = served({ lookUp: () => Promise.resolve({ kind: 'failed', code: 'busy' }) });
    const body = { protocol: PROTOCOL, store: 'customers', identities: [ANN] };
    expect(
      await answerServiceCall(stores, { method: 'POST', path: SERVICE_PATHS.lookup, body }),
    ).toEqual({ status: 503, body: { error: { code: 'busy' } } });
  });

  it('are offered nothing but what they do', async () => {
    const body = { ...task, operation: 'rectify', corrections: { a: 'b' } };
    expect(
      await answerServiceCall(served({}), { method: 'POST', path: SERVICE_PATHS.tasks, body }),
    ).toEqual({ status: 400, body: { error: { code: 'operation-not-offered' } } });
  });
});
