import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RecordStream, RecordStreamError } from '../../lib/core/ports/record-stream.ts';

/** A stream of an adapter, empty, and a way to look into it that does not use the port. */
export interface RecordStreamUnderTest {
  stream: RecordStream;
  /** Shards that it was made with. */
  shards: number;
  /** All records, each shard's in its order. */
  read(): Promise<{ shardId: string; partitionKey: string; data: Uint8Array }[]>;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of RecordStream passes. */
export function recordStreamContract(
  adapter: string,
  make: () => Promise<RecordStreamUnderTest>,
): void {
  describe(`${adapter} keeps the contract of RecordStream`, () => {
    let under: RecordStreamUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const record = (text: string, partitionKey: string = randomUUID()) => ({
      partitionKey,
      data: Buffer.from(text),
    });

    it('answers one outcome a record, and holds each record as it was given', async () => {
      const records = Array.from({ length: 40 }, (_, at) => record(`record ${at}`));
      const outcomes = await under.stream.put(records);
      expect(outcomes).toHaveLength(40);
      const held = await under.read();
      for (const [at, { partitionKey, data }] of records.entries()) {
        const outcome = outcomes[at]!;
        expect(outcome.ok).toBe(true);
        const found = held.filter((one) => one.partitionKey === partitionKey);
        expect(found).toHaveLength(1);
        expect(Buffer.from(found[0]!.data).equals(data)).toBe(true);
        expect(outcome.ok && outcome.shardId).toBe(found[0]!.shardId);
      }
      expect(held).toHaveLength(40);
    });

    it('holds bytes that are no text, and an empty record', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
      await under.stream.put([
        { partitionKey: 'bytes', data: bytes },
        { partitionKey: 'empty', data: new Uint8Array() },
      ]);
      const held = await under.read();
      const dataOf = (key: string) => held.find((one) => one.partitionKey === key)?.data;
      expect(Buffer.from(dataOf('bytes')!).equals(bytes)).toBe(true);
      expect(dataOf('empty')?.byteLength).toBe(0);
    });

    it('sends one partition key to one shard, in order, with rising sequence numbers', async () => {
      const sequences: bigint[] = [];
      const shards = new Set<string>();
      for (let at = 0; at < 5; at++) {
        const [outcome] = await under.stream.put([record(String(at), 'same')]);
        if (outcome?.ok !== true) throw new Error('not accepted');
        sequences.push(BigInt(outcome.sequenceNumber));
        shards.add(outcome.shardId);
      }
      expect(shards.size).toBe(1);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => (a < b ? -1 : 1)));
      const held = (await under.read()).map(({ data }) => Buffer.from(data).toString());
      expect(held).toEqual(['0', '1', '2', '3', '4']);
    });

    it('spreads different partition keys over all shards', async () => {
      const outcomes = await under.stream.put(
        Array.from({ length: 200 }, (_, at) => record('x', `key ${at}`)),
      );
      expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.shardId)).size).toBe(
        under.shards,
      );
    });

    it('takes 500 records in one put', async () => {
      const outcomes = await under.stream.put(
        Array.from({ length: 500 }, (_, at) => record('x', `key ${at}`)),
      );
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(500);
    });

    it.each([
      ['501 records', () => Array.from({ length: 501 }, () => record('x'))],
      ['a record over 1 MiB', () => [record('x'), record('x'.repeat(1024 * 1024), 'k')]],
      ['more than 5 MiB', () => Array.from({ length: 6 }, () => record('x'.repeat(1_000_000)))],
      ['no partition key', () => [record('x'), record('x', '')]],
      ['a partition key over 256 characters', () => [record('x'), record('x', 'k'.repeat(257))]],
    ])('refuses a put of %s as a whole, and takes none of it', async (_, records) => {
      const refused = await under.stream.put(records()).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(RecordStreamError);
      expect((refused as RecordStreamError).retryable).toBe(false);
      expect(await under.read()).toEqual([]);
    });

    it('answers nothing for nothing', async () => {
      expect(await under.stream.put([])).toEqual([]);
      expect(await under.read()).toEqual([]);
    });

    it('counts its open shards', async () => {
      expect(await under.stream.openShards()).toBe(under.shards);
    });
  });
}
