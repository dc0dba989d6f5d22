import { describe, expect, it } from 'vitest';
import { FileRecordStream, type ConsumedRecord } from '../../../lib/local/file-record-stream.ts';
import { messageKey } from '../../../lib/core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../../lib/core/requests/messages/publish-messages.ts';
import { consumeStream, type RecordVerdict } from '../../../lib/local/requests/consume-stream.ts';
import { Doorbell } from '../../../lib/local/requests/doorbell.ts';
import { ringingPublisher } from '../../../lib/local/requests/ringing-publisher.ts';
import { scratchFolder } from '../scratch-folder.ts';

interface Order {
  readonly id: string;
}

async function openStream() {
  const stream = await FileRecordStream.open({
    directory: await scratchFolder(),
    clock: { now: () => Date.now() },
    limitThroughput: false,
  });
  const bell = new Doorbell();
  const key = messageKey(Buffer.alloc(32, 1), 'engine');
  const publisher = ringingPublisher(
    messagePublisher<Order>(
      stream,
      () => key,
      ({ id }) => id,
    ),
    () => bell.ring(),
  );
  return { stream, bell, publisher };
}

const idOf = ({ data }: ConsumedRecord) => (JSON.parse(Buffer.from(data).toString()) as Order).id;

/** Consumes until so many records were handled for good. */
async function consume(
  { stream, bell }: Awaited<ReturnType<typeof openStream>>,
  wanted: number,
  judge: (id: string) => RecordVerdict,
  mayBury: () => boolean = () => true,
) {
  const stop = new AbortController();
  const handled: string[] = [];
  const buried: [string, string][] = [];
  const checkEnd = () => {
    const ends = handled.length + buried.length;
    if (ends >= wanted) stop.abort();
  };
  await consumeStream(
    {
      ...{ stream, bell, consumer: 'test' },
      handle: (records) => {
        const verdicts = records.map((record) => judge(idOf(record)));
        for (const [at, record] of records.entries()) {
          if (verdicts[at]!.kind === 'done') handled.push(idOf(record));
        }
        checkEnd();
        return Promise.resolve(verdicts);
      },
      bury: (record, code) => {
        if (mayBury()) buried.push([idOf(record), code]);
        else return Promise.reject(new Error('no room'));
        checkEnd();
        return Promise.resolve();
      },
    },
    stop.signal,
  );
  return { handled, buried };
}

const done: RecordVerdict = { kind: 'done' };

describe('a consumer of a stream', () => {
  it('goes on where it was, and gets each record once when nothing dies', async () => {
    const under = await openStream();
    await under.publisher.publish([{ id: 'a' }, { id: 'b' }]);
    expect((await consume(under, 2, () => done)).handled).toEqual(['a', 'b']);
    await under.publisher.publish([{ id: 'c' }]);
    expect((await consume(under, 1, () => done)).handled).toEqual(['c']);
    await under.stream.close();
  });

  it('tries what could not be handled again, and keeps the others from waiting twice', async () => {
    const under = await openStream();
    await under.publisher.publish(['a', 'b', 'c'].map((id) => ({ id })));
    let tries = 0;
    const { handled, buried } = await consume(under, 3, (id) =>
      id === 'b' && ++tries < 3 ? { kind: 'again', code: 'busy' } : done,
    );
    expect([handled, buried]).toEqual([['a', 'c', 'b'], []]);
    await under.stream.close();
  });

  it('buries what no try will ever do, and what failed too often', async () => {
    const under = await openStream();
    await under.publisher.publish(['dead', 'stubborn', 'good'].map((id) => ({ id })));
    const { handled, buried } = await consume(under, 3, (id) =>
      id === 'good'
        ? done
        : id === 'dead'
          ? { kind: 'dead', code: 'malformed' }
          : { kind: 'again', code: 'busy' },
    );
    expect(handled).toEqual(['good']);
    expect(buried).toEqual([
      ['dead', 'malformed'],
      ['stubborn', 'busy'],
    ]);
    await under.stream.close();
  });

  it('hands out again what could not be buried: nothing is dropped', async () => {
    const under = await openStream();
    await under.publisher.publish([{ id: 'dead' }]);
    let tries = 0;
    const { buried } = await consume(
      under,
      1,
      () => ({ kind: 'dead', code: 'malformed' }),
      () => ++tries > 3,
    );
    expect([buried, tries]).toEqual([[['dead', 'malformed']], 4]);
    await under.stream.close();
  });

  it('hands out again what was under way when its handler fell over', async () => {
    const under = await openStream();
    await under.publisher.publish([{ id: 'a' }]);
    let calls = 0;
    const { handled } = await consume(under, 1, () => {
      if (++calls === 1) throw new Error('the handler fell over');
      return done;
    });
    expect([handled, calls]).toEqual([['a'], 2]);
    await under.stream.close();
  });
});

describe('a doorbell', () => {
  it('remembers a ring until the next wait, and ends a wait at a ring or an abort', async () => {
    const bell = new Doorbell();
    const { signal } = new AbortController();
    bell.ring();
    await bell.wait(60_000, signal);
    const waiting = bell.wait(60_000, signal);
    bell.ring();
    await waiting;
    await bell.wait(60_000, AbortSignal.abort());
    await bell.wait(1, signal);
  });
});
