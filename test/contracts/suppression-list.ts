import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  SuppressionChange,
  SuppressionEntry,
  SuppressionList,
} from '../../lib/core/ports/suppression-list.ts';

/** A list of an adapter, empty. */
export interface SuppressionListUnderTest {
  list: SuppressionList;
  /** Sets the adapter's clock, ms since the epoch. */
  setTime(now: number): void;
  close?(): Promise<void>;
}

const NOW = Date.UTC(2026, 0, 1);

function entry(subject: string, requestId: string, lapsesAt?: number): SuppressionEntry {
  return {
    subjectHash: Buffer.alloc(40, subject).toString('base64url'),
    reason: 'erasure',
    requestId,
    ...(lapsesAt === undefined ? {} : { lapsesAt }),
  };
}

const key = (one: { subjectHash: string; requestId: string }) =>
  `${one.subjectHash} ${one.requestId}`;

/** What a filter instance holds: all that the changes leave in force. */
class Reader {
  readonly held = new Map<string, SuppressionEntry>();
  cursor: string | undefined;

  async read(list: SuppressionList): Promise<SuppressionChange[]> {
    const seen: SuppressionChange[] = [];
    for (let more = true; more;) {
      const answer = await list.changesSince(this.cursor);
      for (const change of answer.changes) {
        if (change.kind === 'added') this.held.set(key(change.entry), change.entry);
        else this.held.delete(key(change));
      }
      seen.push(...answer.changes);
      ({ cursor: this.cursor, more } = answer);
    }
    return seen;
  }

  entries(): SuppressionEntry[] {
    return [...this.held.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

const sorted = (entries: SuppressionEntry[]) =>
  [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));

/** Registers the suite that every adapter of SuppressionList passes. */
export function suppressionListContract(
  adapter: string,
  make: () => Promise<SuppressionListUnderTest>,
): void {
  describe(`${adapter} keeps the contract of SuppressionList`, () => {
    let under: SuppressionListUnderTest;
    let list: SuppressionList;
    beforeEach(async () => {
      under = await make();
      under.setTime(NOW);
      list = under.list;
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('tells a new reader all that is in force, entry by entry as it was added', async () => {
      const entries = [entry('a', 'r1'), entry('b', 'r1', NOW + 1000), entry('a', 'r2')];
      entries[2]!.reason = 'objection';
      await list.add(entries);
      const reader = new Reader();
      await reader.read(list);
      expect(reader.entries()).toEqual(sorted(entries));
    });

    it('is empty at first, with a cursor to go on from', async () => {
      const first = await list.changesSince(undefined);
      expect(first.changes).toEqual([]);
      expect(first.more).toBe(false);
      await list.add([entry('a', 'r1')]);
      const { changes } = await list.changesSince(first.cursor);
      expect(changes).toEqual([{ kind: 'added', entry: entry('a', 'r1') }]);
    });

    it('tells a reader only what is new since its cursor, in order', async () => {
      await list.add([entry('a', 'r1')]);
      const reader = new Reader();
      await reader.read(list);
      expect(await reader.read(list)).toEqual([]);
      await list.add([entry('b', 'r2')]);
      await list.lift(entry('a', 'r1').subjectHash, 'r1');
      await list.add([entry('c', 'r3')]);
      expect((await reader.read(list)).map(({ kind }) => kind)).toEqual([
        'added',
        'lifted',
        'added',
      ]);
      expect(reader.entries()).toEqual(sorted([entry('b', 'r2'), entry('c', 'r3')]));
    });

    it('takes the same entry twice as one', async () => {
      await list.add([entry('a', 'r1'), entry('a', 'r1')]);
      const reader = new Reader();
      await reader.read(list);
      await list.add([entry('a', 'r1')]);
      expect(await reader.read(list)).toEqual([]);
      expect(reader.entries()).toEqual([entry('a', 'r1')]);
    });

    it('takes an entry that changed in place of the old one', async () => {
      await list.add([entry('a', 'r1', NOW + 1000)]);
      const early = new Reader();
      await early.read(list);
      await list.add([entry('a', 'r1', NOW + 5000)]);
      await early.read(list);
      const late = new Reader();
      await late.read(list);
      expect(early.entries()).toEqual([entry('a', 'r1', NOW + 5000)]);
      expect(late.entries()).toEqual([entry('a', 'r1', NOW + 5000)]);
    });

    it('lifts one request and keeps the others of the subject', async () => {
      await list.add([entry('a', 'r1'), entry('a', 'r2')]);
      const early = new Reader();
      await early.read(list);
      await list.lift(entry('a', 'r1').subjectHash, 'r1');
      const late = new Reader();
      for (const reader of [early, late]) {
        await reader.read(list);
        expect(reader.entries()).toEqual([entry('a', 'r2')]);
      }
    });

    it('does nothing when what is to be lifted is not there', async () => {
      const reader = new Reader();
      await reader.read(list);
      await list.lift(entry('a', 'r1').subjectHash, 'r1');
      expect(await reader.read(list)).toEqual([]);
    });

    it('takes an entry again after it was lifted', async () => {
      await list.add([entry('a', 'r1')]);
      await list.lift(entry('a', 'r1').subjectHash, 'r1');
      await list.add([entry('a', 'r1')]);
      const reader = new Reader();
      await reader.read(list);
      expect(reader.entries()).toEqual([entry('a', 'r1')]);
    });

    it('tells a new reader nothing of an entry that lapsed', async () => {
      await list.add([entry('a', 'r1', NOW + 1000), entry('b', 'r1')]);
      under.setTime(NOW + 1000);
      const reader = new Reader();
      await reader.read(list);
      expect(reader.entries()).toEqual([entry('b', 'r1')]);
    });

    it('holds more entries than one write or one reading takes', async () => {
      const entries = Array.from({ length: 250 }, (_, at) => entry(`s${at} `, `r${at}`));
      await list.add(entries);
      const reader = new Reader();
      await reader.read(list);
      expect(reader.entries()).toEqual(sorted(entries));
    });

    it('leaves no change out while many write at once and readers follow', async () => {
      const follower = new Reader();
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        for (let at = 0; at < 4; at++) {
          await list.add([entry(`w${writer} ${at} `, `r${writer}`)]);
          if (at % 2 === 1) {
            await list.lift(entry(`w${writer} ${at} `, '').subjectHash, `r${writer}`);
          }
        }
      });
      let writing = true;
      const following = (async () => {
        while (writing) {
          await follower.read(list);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await follower.read(list);
      })();
      await Promise.all(writers);
      writing = false;
      await following;
      const expected = Array.from({ length: 6 }, (_, writer) =>
        [0, 2].map((at) => entry(`w${writer} ${at} `, `r${writer}`)),
      ).flat();
      expect(follower.entries()).toEqual(sorted(expected));
      const late = new Reader();
      await late.read(list);
      expect(late.entries()).toEqual(sorted(expected));
    });
  });
}
