import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expireLetters, LETTER_DAYS } from '../../../lib/core/dead-letters/expire-letters.ts';
import { redriveDeadLetters } from '../../../lib/core/dead-letters/redrive-dead-letters.ts';
import type { DeadLetter, DeadLetters } from '../../../lib/core/ports/dead-letters.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { deadLettersContract } from '../../contracts/dead-letters.ts';
import { memoryDeadLetters } from '../../fakes/memory-dead-letters.ts';
import { memoryRecordStream } from '../../fakes/memory-record-stream.ts';

const DAY = 86_400_000;
const random = { bytes: (count: number) => randomBytes(count) };

deadLettersContract('memoryDeadLetters', () => {
  const keys = new MemoryKeyVault();
  const letters = memoryDeadLetters({ keys, random, clock: { now: () => Date.now() } });
  return Promise.resolve({ letters, keys, readAll: () => Promise.resolve(letters.dump()) });
});

function world() {
  const state = { now: 1_000 * DAY };
  const clock = { now: () => state.now };
  const keys = new MemoryKeyVault();
  const letters = memoryDeadLetters({ keys, random, clock });
  const streams = {
    tasks: memoryRecordStream({ clock, shards: 2 }),
    events: memoryRecordStream({ clock, shards: 2 }),
  };
  const bury = (sequenceNumber: string, stream: 'tasks' | 'events' = 'events', reason = 'r') =>
    letters.add({
      ...{ consumer: 'c', shardId: 's', sequenceNumber, stream, reason },
      data: Buffer.from(sequenceNumber),
    });
  const on = (stream: 'tasks' | 'events') =>
    streams[stream].shards
      .flatMap(({ records }) => records.map(({ data }) => Buffer.from(data).toString()))
      .sort();
  return { state, clock, keys, letters, streams, bury, on };
}

async function waiting(letters: DeadLetters): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for await (const letter of letters.list()) found.push(letter);
  return found;
}

describe('a redrive', () => {
  it('puts each letter back on its stream as it came, and takes it away', async () => {
    const { letters, streams, bury, on } = world();
    await bury('1');
    await bury('2', 'tasks');
    const outcome = await redriveDeadLetters({ letters, streams });
    expect(outcome).toEqual({ redriven: 2, lost: 0, refused: {} });
    expect([on('events'), on('tasks')]).toEqual([['1'], ['2']]);
    expect(await waiting(letters)).toEqual([]);
    expect(await redriveDeadLetters({ letters, streams })).toMatchObject({ redriven: 0 });
  });

  it('sends what the filter wants, and no more than the limit', async () => {
    const { letters, streams, bury, on } = world();
    await bury('1', 'events', 'unsigned');
    await bury('2');
    await bury('3');
    await redriveDeadLetters({ letters, streams }, { reason: 'unsigned' });
    expect(on('events')).toEqual(['1']);
    expect(await redriveDeadLetters({ letters, streams }, { limit: 1 })).toMatchObject({
      redriven: 1,
    });
    expect(await waiting(letters)).toHaveLength(1);
  });

  it('loses nothing when it dies between any two steps', async () => {
    for (let dies = 1; dies <= 6; dies++) {
      const { letters, streams, bury, on } = world();
      await bury('1');
      await bury('2');
      let steps = 0;
      const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
        if (++steps === dies) throw new Error('killed before');
        const result = await work();
        if (++steps === dies) throw new Error('killed after');
        return result;
      };
      const dying = {
        letters: {
          ...letters,
          remove: (letter: DeadLetter) => mortal(() => letters.remove(letter)),
        },
        streams: {
          ...streams,
          events: {
            put: (records: Parameters<typeof streams.events.put>[0]) =>
              mortal(() => streams.events.put(records)),
          },
        },
      };
      await redriveDeadLetters(dying).catch(() => undefined);
      await redriveDeadLetters({ letters, streams });
      expect([...new Set(on('events'))]).toEqual(['1', '2']);
      expect(on('events').length).toBeLessThanOrEqual(3);
      expect(await waiting(letters)).toEqual([]);
    }
  });

  it('leaves waiting what the stream refuses, and says why', async () => {
    const { letters, bury } = world();
    await bury('1');
    const put = () => Promise.resolve([{ ok: false, code: 'Throttled' } as const]);
    const streams = { tasks: { put }, events: { put } };
    expect(await redriveDeadLetters({ letters, streams })).toEqual({
      ...{ redriven: 0, lost: 0, refused: { Throttled: 1 } },
    });
    expect(await waiting(letters)).toHaveLength(1);
  });

  it('counts as lost what can no longer be read', async () => {
    const { letters, streams, keys, bury, on } = world();
    await bury('1');
    await keys.destroy(`dead-letters/${new Date(1_000 * DAY).toISOString().slice(0, 10)}`);
    expect(await redriveDeadLetters({ letters, streams })).toMatchObject({ redriven: 0, lost: 1 });
    expect(on('events')).toEqual([]);
  });
});

describe('the expiry of letters', () => {
  it('ends those whose time is over, their keys first, and no others', async () => {
    const { state, clock, keys, letters, bury } = world();
    await bury('old');
    state.now += LETTER_DAYS * DAY;
    expect(await expireLetters({ keys, clock, letters })).toBe(0);
    await bury('young');
    state.now += 2 * DAY;
    expect(await expireLetters({ keys, clock, letters })).toBe(1);
    expect((await waiting(letters)).map(({ sequenceNumber }) => sequenceNumber)).toEqual(['young']);
    const day = (at: number) => `dead-letters/${new Date(at).toISOString().slice(0, 10)}`;
    expect(await keys.get(day(1_000 * DAY))).toEqual({ kind: 'destroyed' });
    expect((await keys.get(day((1_000 + LETTER_DAYS) * DAY))).kind).toBe('key');
    expect(await expireLetters({ keys, clock, letters })).toBe(0);
  });
});
