import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArchiveIndexer } from '../../../../lib/core/erasure/filters/archive-indexer.ts';
import { FilterKey } from '../../../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../../../lib/core/erasure/filters/stored-filters.ts';
import { matcherOf, objectOf } from '../archive-bytes.ts';
import { Bench, KEY } from './filtering.ts';

const rows = (count: number, from = 0) =>
  Buffer.from(
    Array.from(
      { length: count },
      (_, n) =>
        `{"ssn_no":"${807_000_000 + from + n}","name":"Gnoll","note":"${'n'.repeat(80)}"}\n`,
    ).join(''),
  );
const OBJECT = rows(2000);
const ABSENT = matcherOf([{ match: { ssn_no: '123456789' } }]);

async function indexed(): Promise<Bench> {
  const bench = new Bench(['ssn_no']);
  expect(await bench.index(OBJECT, 'jsonl')).toMatchObject({ kind: 'written', values: 2000 });
  expect(await bench.ask(OBJECT, ABSENT, 'jsonl')).toEqual({
    kind: 'absent',
    format: 'jsonl',
    rows: 2000,
    seen: [0],
  });
  return bench;
}

const reasonOf = async (bench: Bench, ...rest: [object?, string?]) => {
  const matcher = rest[0] === undefined ? ABSENT : matcherOf([rest[0]]);
  const answer = await bench.ask(OBJECT, matcher, 'auto', rest[1]);
  return answer.kind === 'read' ? answer.reason : answer.kind;
};

describe('an object is read', () => {
  it('whatever bytes stand in the place of its filter', async () => {
    const bench = await indexed();
    const [[name, whole]] = [...bench.store.filters] as [[string, Uint8Array]];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
          fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
            const bytes = Uint8Array.from(whole);
            bytes[at]! ^= by;
            return bytes;
          }),
          fc
            .uint8Array({ minLength: 1, maxLength: 50 })
            .map((more) => Buffer.concat([whole, more])),
          fc.uint8Array({ maxLength: 200 }),
        ),
        async (bytes) => {
          bench.store.filters.set(name, bytes);
          expect(await reasonOf(bench)).toBe('unreadable');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('when its filter is of another content, another size or another object', async () => {
    const bench = await indexed();
    expect(await reasonOf(bench, undefined, '"e2"')).toBe('stale');
    const other = OBJECT.subarray(0, OBJECT.length - 1);
    expect(await bench.ask(other, ABSENT, 'jsonl')).toEqual({ kind: 'read', reason: 'stale' });
    const [[, whole]] = [...bench.store.filters] as [[string, Uint8Array]];
    bench.store.filters.set(KEY.nameOf('b/object'), whole);
    const asked = { key: 'b/object', etag: '"e1"', size: OBJECT.length };
    expect(await bench.filters.mayHold(asked, ABSENT, 'jsonl')).toEqual({
      kind: 'read',
      reason: 'stale',
    });
  });

  it('when there is no filter, or its store fails', async () => {
    expect(await reasonOf(new Bench(['ssn_no']))).toBe('no-filter');
    const bench = await indexed();
    const failing = storedFilters(
      { ...bench.store, read: () => Promise.reject(new Error('throttled')) },
      KEY,
    );
    const asked = { key: 'a/object', etag: '"e1"', size: OBJECT.length };
    expect(await failing.mayHold(asked, ABSENT, 'jsonl')).toMatchObject({ kind: 'read' });
  });

  it('when its filter was made under another key', async () => {
    const bench = await indexed();
    const key = new FilterKey(Buffer.alloc(32, 8));
    const [[, whole]] = [...bench.store.filters] as [[string, Uint8Array]];
    bench.store.filters.set(key.nameOf('a/object'), whole);
    const asked = { key: 'a/object', etag: '"e1"', size: OBJECT.length };
    expect(await storedFilters(bench.store, key).mayHold(asked, ABSENT, 'auto')).toEqual({
      kind: 'read',
      reason: 'unreadable',
    });
  });

  it('when a criterion asks what its filter does not know', async () => {
    const bench = await indexed();
    expect(await reasonOf(bench, { match: { name: 'nobody' } })).toBe('undecidable');
    expect(await reasonOf(bench, { match: { ssn_no: '1', name: 'x' } })).toBe('undecidable');
    expect(await reasonOf(bench, { match: { ssn_no: '\ud800' } })).toBe('undecidable');
    const folded = matcherOf([{ match: { ssn_no: '1' } }], { ignoreCase: true });
    expect(await bench.ask(OBJECT, folded, 'auto')).toEqual({
      kind: 'read',
      reason: 'undecidable',
    });
    const inJson = matcherOf([
      {
        schema: 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0',
        data: {
          json: {
            fieldName: 'contexts',
            schemaCriterion: 'iglu:a/b/jsonschema/1-0-*',
            jsonPath: '$.x',
            valueForWhichEventWillBeDeleted: '1',
          },
        },
      },
    ]);
    expect(await bench.ask(OBJECT, inJson, 'auto')).toEqual({
      kind: 'read',
      reason: 'undecidable',
    });
  });

  it('when it is asked for in another format than its filter was made for', async () => {
    const bench = await indexed();
    expect(await bench.ask(OBJECT, ABSENT, 'csv')).toEqual({
      kind: 'read',
      reason: 'other-format',
    });
  });

  it('when one criterion of many is met', async () => {
    const bench = await indexed();
    const many = Array.from({ length: 50 }, (_, n) => ({ match: { ssn_no: `x${n}` } }));
    const matcher = matcherOf([...many, { match: { ssn_no: 807_000_007 } }]);
    expect(await bench.ask(OBJECT, matcher, 'auto')).toEqual({ kind: 'read', reason: 'may-hold' });
  });
});

describe('an object gets no filter', () => {
  const noneOf = (bytes: Uint8Array, format: 'jsonl' | 'auto' = 'jsonl') =>
    new Bench(['ssn_no']).index(bytes, format);

  it('when a row of it cannot be read', async () => {
    const broken = Buffer.concat([OBJECT, Buffer.from('{"ssn_no":"1"')]);
    expect(await noneOf(broken)).toEqual({ kind: 'none', reason: 'unparsable' });
  });

  it('when it is no format that is known, or cut short', async () => {
    expect(await noneOf(Buffer.from('MZ what is this\n'), 'auto')).toMatchObject({
      kind: 'none',
      reason: 'corrupt',
    });
    const cut = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(30)]);
    expect(await noneOf(cut, 'auto')).toEqual({ kind: 'none', reason: 'corrupt' });
  });

  it('when it holds no row', async () => {
    expect(await noneOf(Buffer.from('\n\n'))).toEqual({ kind: 'none', reason: 'empty' });
  });

  it('when the filter would be over 2 % of it', async () => {
    expect(await noneOf(rows(20))).toEqual({ kind: 'none', reason: 'not-worth-it' });
    const dense = Array.from({ length: 9000 }, (_, n) => `{"ssn_no":${n}}\n`).join('');
    expect(await noneOf(Buffer.from(dense))).toEqual({ kind: 'none', reason: 'not-worth-it' });
  });
});

describe('indexing', () => {
  it('twice is once, and reads the object once', async () => {
    const bench = await indexed();
    let opened = 0;
    const again = await bench.indexer.index(
      { key: 'a/object', etag: '"e1"', size: OBJECT.length },
      () => {
        opened++;
        return objectOf(OBJECT);
      },
      'auto',
    );
    expect([again, opened]).toEqual([{ kind: 'kept' }, 0]);
  });

  it('makes a filter anew when the object, the paths or the key changed', async () => {
    const bench = await indexed();
    const changed = rows(2000, 5000);
    expect(await bench.index(changed, 'auto', '"e2"')).toMatchObject({ kind: 'written' });
    expect(await bench.ask(changed, ABSENT, 'auto', '"e2"')).toMatchObject({ kind: 'absent' });
    const object = { key: 'a/object', etag: '"e2"', size: changed.length };
    const wider = new ArchiveIndexer(bench.store, KEY, [
      { segments: ['ssn_no'], rule: 'exact' },
      { segments: ['name'], rule: 'exact' },
    ]);
    expect(await wider.index(object, () => objectOf(changed), 'auto')).toMatchObject({
      kind: 'written',
      values: 2001,
    });
  });

  it('takes the old filter away when the object can have none any more, or is gone', async () => {
    const bench = await indexed();
    await bench.index(Buffer.from('no json\n'), 'jsonl', '"e2"');
    expect(bench.store.filters.size).toBe(0);
    await bench.index(OBJECT, 'jsonl');
    await bench.indexer.forget('a/object');
    expect(bench.store.filters.size).toBe(0);
  });

  it('writes nothing that is read of an object in clear, nor its name', async () => {
    const bench = await indexed();
    for (const [name, filter] of bench.store.filters) {
      const text = `${name} ${Buffer.from(filter).toString('latin1')}`;
      for (const clear of ['80700', 'Gnoll', 'a/object', 'e1"']) expect(text).not.toContain(clear);
    }
  });
});
