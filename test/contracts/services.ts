import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceCall, Services } from '../../lib/core/ports/services.ts';
import type { Identity } from '../../lib/core/requests/model/request.ts';

export interface ServicesUnderTest {
  services: Services;
  /** A store that erases, with records of the subject. */
  store: string;
  subject: readonly Identity[];
  nobody: readonly Identity[];
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of Services passes. */
export function servicesContract(adapter: string, make: () => Promise<ServicesUnderTest>): void {
  describe(`${adapter} keeps the contract of Services`, () => {
    let under: ServicesUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const call = (change: Partial<ServiceCall> = {}): ServiceCall => {
      const { dsrId = randomUUID(), taskId = under.store, attempt = 1 } = change;
      return {
        ...{ store: under.store, operation: 'erase', identities: under.subject, ...change },
        ...{ dsrId, taskId, attempt, reason: `dsr:${dsrId}/${taskId}#${attempt}` },
      };
    };

    it('gathers what the store holds, as records', async () => {
      const reply = await under.services.call(call({ operation: 'gather' }));
      expect(reply).toMatchObject({ kind: 'done', data: { kind: 'inline' } });
      if (reply.kind !== 'done' || reply.data?.kind !== 'inline') return expect.unreachable();
      expect(reply.data.records).toHaveLength(reply.affected);
    });

    it('says no-data of a subject whom the store does not know', async () => {
      const { nobody, services, store } = under;
      expect(await services.call(call({ identities: nobody }))).toEqual({ kind: 'no-data' });
      expect(await services.lookUp(store, nobody)).toEqual({ kind: 'absent' });
    });

    it('erases, and a look-up of its own finds nothing any more', async () => {
      const { services, store, subject } = under;
      expect(await services.lookUp(store, subject)).toMatchObject({ kind: 'present' });
      const reply = await services.call(call());
      expect(reply).toMatchObject({ kind: 'done' });
      expect(await services.lookUp(store, subject)).toEqual({ kind: 'absent' });
    });

    it('does a task once, however often it is asked, and says the same', async () => {
      const task = call();
      const affected = async (one: ServiceCall) => {
        const reply = await under.services.call(one);
        return reply.kind === 'done' ? reply.affected : reply.kind;
      };
      const first = await affected(task);
      expect(first).toBeGreaterThan(0);
      expect(await affected(task)).toBe(first);
      expect(await affected({ ...task, attempt: 2 })).toBe(first);
    });

    it('fences off an attempt that was overtaken', async () => {
      const task = call({ attempt: 5 });
      await under.services.call(task);
      expect(await under.services.call({ ...task, attempt: 4 })).toEqual({ kind: 'fenced' });
    });
  });
}
