import { describe, expect, it } from 'vitest';
import {
  createSuppressionFeed,
  SuppressionListUnavailableError,
} from '../../../lambdas/runtime/suppression-feed.ts';
import { subjectHash } from '../../../lib/core/suppression/subject-hasher.ts';
import { SuppressionSet } from '../../../lib/core/suppression/suppression-set.ts';
import { memorySuppressionList } from '../../fakes/memory-suppression-list.ts';

const KEY = Buffer.alloc(32, 7);
const hashOf = (value: string) => subjectHash(KEY, 'ssn_no', value);

function setUp() {
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now };
  const list = memorySuppressionList(clock);
  const set = new SuppressionSet(KEY);
  const state = { reads: 0, broken: false, failures: 0 };
  const feed = createSuppressionFeed({
    list: {
      changesSince: (cursor) => {
        state.reads += 1;
        return state.broken ? Promise.reject(new Error('no table')) : list.changesSince(cursor);
      },
    },
    set,
    clock,
    refreshAfter: 5_000,
    staleAfter: 60_000,
    onFailure: () => {
      state.failures += 1;
    },
  });
  const suppressed = (value: string) => set.has('ssn_no', value, time.now);
  return { time, list, state, feed, suppressed };
}

describe('the suppression feed', () => {
  it('reads all at first, and again only once the list in memory is old enough', async () => {
    const { time, list, state, feed, suppressed } = setUp();
    await list.add([{ subjectHash: hashOf('1'), reason: 'erasure', requestId: 'r' }]);
    expect(await feed.refresh()).toBe(0);
    expect(suppressed('1')).toBe(true);
    await list.add([{ subjectHash: hashOf('2'), reason: 'erasure', requestId: 'r' }]);
    time.now += 4_999;
    expect(await feed.refresh()).toBe(4_999);
    expect(state.reads).toBe(1);
    expect(suppressed('2')).toBe(false);
    time.now += 1;
    expect(await feed.refresh()).toBe(0);
    expect(suppressed('2')).toBe(true);
    await list.lift(hashOf('1'), 'r');
    time.now += 5_000;
    await feed.refresh();
    expect(suppressed('1')).toBe(false);
  });

  it('goes on reading until the list has no more to tell', async () => {
    const { time } = setUp();
    const set = new SuppressionSet(KEY);
    const pages = ['1', '2', '3'];
    const feed = createSuppressionFeed({
      list: {
        changesSince: (cursor) => {
          const at = Number(cursor ?? 0);
          const entry = {
            subjectHash: hashOf(pages[at]!),
            reason: 'erasure',
            requestId: 'r',
          } as const;
          return Promise.resolve({
            changes: [{ kind: 'added', entry }],
            cursor: String(at + 1),
            more: at < 2,
          });
        },
      },
      set,
      clock: { now: () => time.now },
      refreshAfter: 1,
      staleAfter: 1,
      onFailure: () => undefined,
    });
    await feed.refresh();
    expect(pages.every((value) => set.has('ssn_no', value, time.now))).toBe(true);
  });

  it('lives with a list that cannot be read, for a while and not longer', async () => {
    const { time, state, feed } = setUp();
    await feed.refresh();
    state.broken = true;
    time.now += 60_000;
    expect(await feed.refresh()).toBe(60_000);
    expect(state.failures).toBe(1);
    time.now += 1;
    await expect(feed.refresh()).rejects.toBeInstanceOf(SuppressionListUnavailableError);
    state.broken = false;
    expect(await feed.refresh()).toBe(0);
  });

  it('lets nothing through before the list was ever read', async () => {
    const { state, feed } = setUp();
    state.broken = true;
    await expect(feed.refresh()).rejects.toBeInstanceOf(SuppressionListUnavailableError);
  });
});
