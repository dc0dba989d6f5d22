import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMatches, erase, fixtureNames, matcherOf, readFixture } from './erasing.ts';

const USERS = matcherOf([{ id: 'user-007' }, { id: 'user-042' }]);
const MANY = matcherOf([
  { id: 'user-007' },
  { tags: 'tag-7-0' },
  { 'attributes.key1': 'value-8-1' },
  { small: 3, day: '2020-01-08' },
]);
const sound = readFixture('v1-plain-gzip-crc.parquet');

function changed(change: (object: Buffer) => void, object = sound): Buffer {
  const copy = Buffer.from(object);
  change(copy);
  return copy;
}

/** Replaces the first occurrence after `from`. */
function swap(object: Buffer, old: string, wanted: string, from = 0): void {
  const at = object.indexOf(Buffer.from(old, 'hex'), from);
  if (at < 0) throw new Error('not there');
  object.set(Buffer.from(wanted, 'hex'), at);
}

describe('an object that is not sound is refused with a reason', () => {
  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'too short for Parquet'],
    ['no Parquet', Buffer.from('{"id":"user-007"}\n'), 'no Parquet magic at the end'],
    ['no magic in front', changed((o) => o.write('XXXX')), 'no Parquet magic at the start'],
    ['cut off', sound.subarray(0, 20_000), 'no Parquet magic at the end'],
    [
      'a footer longer than the object',
      changed((o) => o.writeUInt32LE(o.length, o.length - 8)),
      'the footer length does not fit the object',
    ],
    [
      'a footer length of nothing',
      changed((o) => o.writeUInt32LE(0, o.length - 8)),
      'the footer length does not fit the object',
    ],
    [
      'encrypted',
      changed((o) => o.write('PARE', o.length - 4)),
      'encrypted Parquet can not be read',
    ],
    [
      'a page changed since its checksum',
      changed((o) => (o[o.indexOf(Buffer.from([0x1f, 0x8b])) + 20]! ^= 1)),
      'a page does not meet its checksum',
    ],
  ])('%s', async (_, object, reason) => {
    expect(await countMatches(object, USERS)).toBe(reason);
    const { findings } = await erase(object, USERS);
    expect(findings).toMatchObject({ kind: 'corrupt', reason });
  });

  it('pages that would unfold beyond what they say', async () => {
    const object = readFixture('v1-dictionary-snappy.parquet');
    // The first page, a dictionary: its uncompressed size, 600 as a zigzag varint, made 8191.
    const bomb = changed((o) => {
      swap(o, 'b009', 'fe7f', 4);
    }, object);
    expect(await countMatches(bomb, USERS)).toBe('a page is not as long as its header says');
  });

  it('names the place of a damaged page', async () => {
    const object = changed((o) => (o[o.indexOf(Buffer.from([0x1f, 0x8b])) + 20]! ^= 1));
    const { findings } = await erase(object, USERS);
    expect(findings).toMatchObject({ kind: 'corrupt', offset: 4 });
  });
});

describe('a Hudi file, whose footer holds record keys', () => {
  it('is refused', async () => {
    const object = readFixture('v1-dictionary-snappy.parquet');
    const hudi = changed((o) => o.write('hoodie_schem', o.lastIndexOf('ARROW:schema')), object);
    expect(await countMatches(hudi, USERS)).toMatch(/Hudi/);
  });
});

describe('whatever bytes change', () => {
  it.each(fixtureNames)('%s is read or refused, and nothing else', async (name) => {
    const object = readFixture(name);
    const footer = object.length - 8 - object.readUInt32LE(object.length - 8);
    const place = fc.oneof(
      fc.nat(object.length - 1),
      fc.integer({ min: footer, max: object.length - 1 }),
    );
    const change = fc.record({ at: place, to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const mutant = changed((o) => {
          for (const { at, to } of changes) o[at] = to;
        }, object);
        const { findings } = await erase(mutant, MANY);
        if (findings.kind === 'corrupt') expect(findings.reason).not.toMatch(/user-|trace-|tag-/);
        else expect(findings.matched).toBeLessThanOrEqual(findings.rows);
      }),
      { numRuns: 12 },
    );
  });

  it('an object cut off anywhere is refused', async () => {
    const object = readFixture('v2-split-fixed-gzip.parquet');
    for (let length = 0; length < object.length; length += 37) {
      expect(await countMatches(object.subarray(0, length), USERS)).toBeTypeOf('string');
    }
  });
});
