import { describe, expect, it } from 'vitest';
import { GatheredDataError, GatheredFetchError } from '../../../lib/core/ports/fetch-gathered.ts';
import { gatheredOf } from '../../contracts/gathered-store.ts';
import { EngineFixture, ID } from './engine-fixture.ts';

describe('data that a service hands over by reference', () => {
  const location = 'https://data.shop.example/rows';
  const referring = (): EngineFixture => {
    const engine = new EngineFixture();
    engine.reply = ({ store }) =>
      store === 'orders'
        ? {
            ...{ kind: 'done', affected: 2 },
            data: { kind: 'reference', location, mediaType: 'application/x-ndjson' },
          }
        : { kind: 'no-data' };
    return engine;
  };
  async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(await Promise.resolve(text));
  }

  it('is taken in when the executor is told, since it need not lie there for long', async () => {
    const engine = referring();
    const asked: string[] = [];
    engine.handedOver = (where) => {
      asked.push(where);
      return pieces('{"n":1}\n\n{"n"', ':12345678901234567890}');
    };
    let kept: object | undefined;
    const clear = engine.gathered.clear.bind(engine.gathered);
    engine.gathered.clear = async (dsrId) => {
      kept = await gatheredOf(engine.gathered, dsrId);
      await clear(dsrId);
    };
    await engine.submit();
    await engine.settle();
    expect(asked).toEqual([location]);
    expect(kept).toEqual({ orders: '{"n":1}\n{"n":12345678901234567890}\n' });
    expect(engine.task('orders').outcome).toMatchObject({ kind: 'succeeded', affected: 2 });
  });

  it.each([
    ['refused or gone', () => new GatheredDataError('gone'), 'gathered-data', false],
    ['out of reach', () => new GatheredFetchError('HTTP 503'), 'gathered-fetch', true],
    ['cut off', () => new TypeError('terminated'), 'gathered-fetch', true],
  ])('and that is %s fails its task', async (_, error, code, retryable) => {
    const engine = referring();
    engine.handedOver = () => {
      throw error();
    };
    await engine.submit();
    await engine.settle();
    expect(engine.task('orders').outcome).toEqual({ kind: 'failed', code, retryable });
  });

  it.each(['{"ann@example.com":', '[1]', 'ann@example.com'])(
    'and that is %s fails its task, and is told nowhere',
    async (text) => {
      const engine = referring();
      engine.handedOver = () => pieces('{"n":1}\n', text);
      await engine.submit();
      await engine.settle();
      const failed = { kind: 'failed', code: 'gathered-data', retryable: false };
      expect(engine.task('orders').outcome).toEqual(failed);
      expect(JSON.stringify(engine.requests.peekTrail(ID))).not.toContain('ann@');
      expect(await gatheredOf(engine.gathered, ID)).toEqual({});
    },
  );

  it('is the task’s failure too where a store throws it on as a cause, and the store’s own is not', async () => {
    const engine = referring();
    const failing = (location: string) => {
      throw new GatheredFetchError(`HTTP 503 ${location.length}`);
    };
    engine.handedOver = failing;
    const put = engine.gathered.put.bind(engine.gathered);
    engine.gathered.put = (...args) =>
      put(...args).catch((cause: unknown) => {
        throw new Error('the upload ended', { cause });
      });
    await engine.submit();
    await engine.settle();
    const failed = { kind: 'failed', code: 'gathered-fetch', retryable: true };
    expect(engine.task('orders').outcome).toEqual(failed);

    const full = referring();
    full.handedOver = () => pieces('{"n":1}\n');
    full.gathered.put = () => Promise.reject(new Error('no room'));
    await full.submit();
    await expect(full.settle()).rejects.toThrow('no room');
  });
});
