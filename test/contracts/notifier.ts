import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice, Notifier } from '../../lib/core/ports/notifier.ts';

export interface NotifierUnderTest {
  notifier: Notifier;
  /** How often a notice about this request was accepted for sending, by whatever keeps them. */
  acceptedFor(dsrId: string): Promise<number>;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of Notifier passes. */
export function notifierContract(adapter: string, make: () => Promise<NotifierUnderTest>): void {
  describe(`${adapter} keeps the contract of Notifier`, () => {
    let under: NotifierUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const notice = (dsrId: string): Notice => ({
      name: 'received',
      audience: 'subject',
      address: 'subject@example.com',
      language: 'en',
      dsrId,
      type: 'erasure',
      facts: { due: '2026-02-05' },
    });

    it('accepts a notice, and its repetition without sending it again', async () => {
      const dsrId = randomUUID();
      expect(await under.notifier.send(notice(dsrId), `${dsrId}/1`)).toEqual({ kind: 'accepted' });
      expect(await under.notifier.send(notice(dsrId), `${dsrId}/1`)).toEqual({
        kind: 'already-accepted',
      });
      expect(await under.acceptedFor(dsrId)).toBe(1);
    });

    it('accepts exactly one of many senders of one key', async () => {
      const dsrId = randomUUID();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => under.notifier.send(notice(dsrId), `${dsrId}/1`)),
      );
      expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
      expect(await under.acceptedFor(dsrId)).toBe(1);
    });

    it('takes another key for another notice', async () => {
      const dsrId = randomUUID();
      await under.notifier.send(notice(dsrId), `${dsrId}/1`);
      expect(await under.notifier.send(notice(dsrId), `${dsrId}/2`)).toEqual({ kind: 'accepted' });
      expect(await under.acceptedFor(dsrId)).toBe(2);
    });
  });
}
