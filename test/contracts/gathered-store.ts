import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatheredRows, GatheredStore } from '../../lib/core/ports/gathered-store.ts';

export interface GatheredStoreUnderTest {
  gathered: GatheredStore;
  /** Makes what the store needs before a request's data can be put: its key, for instance. */
  prepare?(dsrId: string): Promise<void>;
  close?(): Promise<void>;
}

/** Chunks as rows that are read once. */
export function linesOf(...chunks: (string | Uint8Array)[]): GatheredRows {
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(await Promise.resolve(chunk));
  }
  return { kind: 'lines', lines: lines() };
}

/** What a request has, by task: records, or the text of lines. */
export async function gatheredOf(gathered: GatheredStore, dsrId: string): Promise<object> {
  const found = new Map<string, unknown>();
  for await (const { taskId, rows } of gathered.list(dsrId)) {
    if (rows.kind === 'records') {
      found.set(taskId, rows.records);
      continue;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of rows.lines) chunks.push(Uint8Array.from(chunk));
    found.set(taskId, Buffer.concat(chunks).toString());
  }
  return Object.fromEntries(found);
}

/** Registers the suite that every adapter of GatheredStore passes. */
export function gatheredStoreContract(
  adapter: string,
  make: () => Promise<GatheredStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of GatheredStore`, () => {
    let under: GatheredStoreUnderTest;
    let gathered: GatheredStore;
    let dsrId: string;
    beforeEach(async () => {
      under = await make();
      gathered = under.gathered;
      dsrId = randomUUID();
      await under.prepare?.(dsrId);
    });
    afterEach(async () => {
      await under.close?.();
    });

    const records = (value: string): GatheredRows => ({ kind: 'records', records: [{ value }] });
    const listed = (id = dsrId): Promise<object> => gatheredOf(gathered, id);

    it('gives back what each task gathered, records and lines, however often it is asked', async () => {
      await gathered.put(dsrId, 'profiles', 1, records('a'));
      await gathered.put(dsrId, 'orders/of all', 1, linesOf('{"order"', ':1}\n', '{"order":2}\n'));
      const all = { profiles: [{ value: 'a' }], 'orders/of all': '{"order":1}\n{"order":2}\n' };
      expect(await listed()).toEqual(all);
      expect(await listed()).toEqual(all);
    });

    it('keeps more lines than a machine would hold at once, byte by byte', async () => {
      const chunks = Array.from({ length: 12 }, () => randomBytes(1 << 20).toString('base64'));
      await gathered.put(dsrId, 'archive', 1, linesOf(...chunks));
      expect(await listed()).toEqual({ archive: chunks.join('') });
    });

    it('stores nothing of lines that end in an error, and says so', async () => {
      await gathered.put(dsrId, 'archive', 1, linesOf('{"n":1}\n'));
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(await Promise.resolve('{"n":2}\n'));
        throw new Error('gone');
      }
      const put = gathered.put(dsrId, 'archive', 2, { kind: 'lines', lines: broken() });
      await expect(put).rejects.toThrow('gone');
      expect(await listed()).toEqual({ archive: '{"n":1}\n' });
    });

    it('lets a later attempt replace an earlier one, and never the reverse', async () => {
      await gathered.put(dsrId, 'profiles', 2, records('second'));
      await gathered.put(dsrId, 'profiles', 1, linesOf('{"value":"first"}\n'));
      expect(await listed()).toEqual({ profiles: [{ value: 'second' }] });
      await gathered.put(dsrId, 'profiles', 3, linesOf('{"value":"third"}\n'));
      expect(await listed()).toEqual({ profiles: '{"value":"third"}\n' });
      await gathered.put(dsrId, 'profiles', 2, records('late'));
      expect(await listed()).toEqual({ profiles: '{"value":"third"}\n' });
    });

    it('takes the same attempt twice as once', async () => {
      await gathered.put(dsrId, 'profiles', 1, records('a'));
      await gathered.put(dsrId, 'profiles', 1, records('a'));
      await gathered.put(dsrId, 'posts', 1, linesOf('{"n":1}\n'));
      await gathered.put(dsrId, 'posts', 1, linesOf('{"n":1}\n'));
      expect(await listed()).toEqual({ profiles: [{ value: 'a' }], posts: '{"n":1}\n' });
    });

    it('clears one request, and leaves the others', async () => {
      const other = randomUUID();
      await under.prepare?.(other);
      await gathered.put(dsrId, 'profiles', 1, records('a'));
      await gathered.put(dsrId, 'posts', 1, linesOf('{"n":1}\n'));
      await gathered.put(other, 'profiles', 1, records('b'));
      await gathered.clear(dsrId);
      await gathered.clear(dsrId);
      expect(await listed()).toEqual({});
      expect(await listed(other)).toEqual({ profiles: [{ value: 'b' }] });
    });
  });
}
