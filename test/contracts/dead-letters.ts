import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { letterKeyName, dayOf } from '../../lib/core/dead-letters/sealed-letter.ts';
import type {
  BuriedRecord,
  DeadLetter,
  DeadLetters,
  LetterFilter,
} from '../../lib/core/ports/dead-letters.ts';
import type { KeyVault } from '../../lib/core/ports/key-vault.ts';

export interface DeadLettersUnderTest {
  letters: DeadLetters;
  keys: KeyVault;
  /** Everything that the adapter keeps, byte by byte, names included. */
  readAll(): Promise<string>;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of DeadLetters passes. */
export function deadLettersContract(
  adapter: string,
  make: () => Promise<DeadLettersUnderTest>,
): void {
  describe(`${adapter} keeps the contract of DeadLetters`, () => {
    let under: DeadLettersUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const record = (change: Partial<BuriedRecord> = {}): BuriedRecord => ({
      consumer: 'completion',
      stream: 'events',
      shardId: 'shardId-000000000001',
      sequenceNumber: randomUUID(),
      reason: 'malformed',
      data: Buffer.from('{"name":"CANARY-PERSON"'),
      ...change,
    });
    const listed = async (filter?: LetterFilter): Promise<DeadLetter[]> => {
      const found: DeadLetter[] = [];
      for await (const letter of under.letters.list(filter)) found.push(letter);
      return found;
    };

    it('gives a record back as it came, byte for byte', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
      const { data, ...place } = record({ data: bytes });
      await under.letters.add({ ...place, data });
      const [letter] = await listed();
      expect(letter).toMatchObject(place);
      expect(Math.abs(letter!.at - Date.now())).toBeLessThan(60_000);
      expect(Buffer.from((await under.letters.open(letter!))!)).toEqual(bytes);
    });

    it('keeps the same record once', async () => {
      const buried = record();
      await under.letters.add(buried);
      await under.letters.add(buried);
      expect(await listed()).toHaveLength(1);
    });

    it('lists by consumer and by reason', async () => {
      await under.letters.add(record({ reason: 'unsigned' }));
      await under.letters.add(record());
      await under.letters.add(record({ consumer: 'executor-commerce', stream: 'tasks' }));
      const reasons = async (filter: LetterFilter) =>
        (await listed(filter)).map(({ consumer, reason }) => `${consumer} ${reason}`).sort();
      expect(await reasons({ consumer: 'completion' })).toEqual([
        'completion malformed',
        'completion unsigned',
      ]);
      expect(await reasons({ reason: 'malformed' })).toEqual([
        'completion malformed',
        'executor-commerce malformed',
      ]);
      expect(await reasons({ consumer: 'completion', reason: 'unknown' })).toEqual([]);
    });

    it('takes a letter away with what it held, and once only', async () => {
      await under.letters.add(record());
      await under.letters.add(record({ sequenceNumber: 'stays' }));
      const letter = (await listed()).find(({ sequenceNumber }) => sequenceNumber !== 'stays')!;
      await under.letters.remove(letter);
      await under.letters.remove(letter);
      expect((await listed()).map(({ sequenceNumber }) => sequenceNumber)).toEqual(['stays']);
      expect(await under.letters.open(letter)).toBeUndefined();
    });

    it('keeps nothing of a record in clear, and nothing that outlives its day’s key', async () => {
      await under.letters.add(record());
      expect(await under.readAll()).not.toContain('CANARY');
      expect(await under.readAll()).not.toContain(
        Buffer.from('{"name":"CANARY').toString('base64').slice(0, 16),
      );
      const [letter] = await listed();
      await under.keys.destroy(letterKeyName(dayOf(letter!.at)));
      expect(await under.letters.open(letter!)).toBeUndefined();
    });
  });
}
