import { beforeEach, describe, expect, it } from 'vitest';
import { redriveLetters } from '../../../lambdas/redrive-letters/redrive-letters.ts';
import type {
  DeadLetter,
  DeadLetters,
  LetterFilter,
} from '../../../lib/core/ports/dead-letters.ts';
import type { StreamRecord } from '../../../lib/core/ports/record-stream.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const letterOf = (at: number, change: Partial<DeadLetter> = {}): DeadLetter => ({
  id: `letter-${at}`,
  consumer: 'completion',
  stream: 'events',
  shardId: 'shardId-000000000001',
  sequenceNumber: String(at),
  reason: 'unknown',
  at,
  ...change,
});

describe('the redrive of dead letters', () => {
  let waiting: DeadLetter[];
  let sent: { stream: string; record: StreamRecord }[];
  let full: boolean;
  const letters: DeadLetters = {
    add: () => Promise.resolve(),
    async *list({ consumer, reason }: LetterFilter = {}) {
      yield* await Promise.resolve(
        waiting.filter(
          (letter) =>
            (consumer ?? letter.consumer) === letter.consumer &&
            (reason ?? letter.reason) === letter.reason,
        ),
      );
    },
    open: ({ id }) =>
      Promise.resolve(id === 'letter-99' ? undefined : Buffer.from(`record of ${id}`)),
    remove: ({ id }) => {
      waiting = waiting.filter((letter) => letter.id !== id);
      return Promise.resolve();
    },
  };
  const streamOf = (stream: string) => ({
    put: (records: readonly StreamRecord[]) => {
      if (full) return Promise.resolve([{ ok: false, code: 'Throttled' } as const]);
      sent.push(...records.map((record) => ({ stream, record })));
      return Promise.resolve([{ ok: true, shardId: 's', sequenceNumber: '1' } as const]);
    },
  });
  const run = (event: unknown) =>
    redriveLetters(event, {
      deps: { letters, streams: { tasks: streamOf('tasks'), events: streamOf('events') } },
      log: recordingLog(),
    });

  beforeEach(() => {
    sent = [];
    full = false;
    waiting = [
      letterOf(1),
      letterOf(2, { reason: 'malformed' }),
      letterOf(3, { consumer: 'executor-content', stream: 'tasks' }),
    ];
  });

  it('sends all again to the streams they came from, for an empty event', async () => {
    expect(await run(null)).toEqual({ ok: true, redriven: 3, lost: 0, refused: {} });
    expect(sent.map(({ stream }) => stream).sort()).toEqual(['events', 'events', 'tasks']);
    expect(waiting).toEqual([]);
  });

  it('sends only those of a consumer or a reason, and no more than asked for', async () => {
    expect(await run({ consumer: 'executor-content' })).toMatchObject({ redriven: 1 });
    expect(await run({ reason: 'malformed' })).toMatchObject({ redriven: 1 });
    waiting = [letterOf(1), letterOf(2), letterOf(3)];
    expect(await run({ limit: 2 })).toMatchObject({ redriven: 2 });
    expect(waiting).toHaveLength(1);
  });

  it('keeps what the stream does not take, and tells what can be read no more', async () => {
    waiting.push(letterOf(99));
    full = true;
    expect(await run({})).toEqual({ ok: true, redriven: 0, lost: 1, refused: { Throttled: 3 } });
    expect(waiting).toHaveLength(4);
  });

  it('counts what waits, and sends nothing, when asked for a dry run', async () => {
    expect(await run({ dryRun: true })).toEqual({
      ok: true,
      waiting: {
        'completion unknown': 1,
        'completion malformed': 1,
        'executor-content unknown': 1,
      },
    });
    expect(sent).toEqual([]);
  });

  it.each([{ reason: '' }, { limit: 0 }, { all: true }, 'all', [], { consumer: 'a/b' }])(
    'refuses %j and sends nothing',
    async (event) => {
      expect(await run(event)).toMatchObject({ ok: false });
      expect(sent).toEqual([]);
    },
  );
});
