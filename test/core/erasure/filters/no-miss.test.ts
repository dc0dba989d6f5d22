import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherOf } from '../archive-bytes.ts';
import { modelText, rowModel } from '../row-model.ts';
import { Bench, faultOf } from './filtering.ts';
import { FILLER, writeRows } from './written-rows.ts';

const PATHS = ['id', 'name', 'a.id', 'a.b', '["k.k"]', 'a'];

const value = fc.oneof(
  fc.constantFrom<string | number | boolean>(
    '7',
    '12',
    '15',
    '15.0',
    '1.50',
    '1.5',
    '',
    'x',
    'y',
    'false',
    'true',
    '1e1',
    7,
    70,
    15,
    1.5,
    0,
    -7,
    12,
    150,
    true,
    false,
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const criterion = fc
  .dictionary(fc.constantFrom(...PATHS), value, { minKeys: 1, maxKeys: 3 })
  .map((match) => ({ match: Object.fromEntries(Object.entries(match)) }));
const criteria = fc.array(criterion, { minLength: 1, maxLength: 4 });
const choices = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 40 });

function* endlessly(numbers: readonly number[]): Generator<number, never> {
  for (let at = 0; ; at++) yield numbers[at % numbers.length]!;
}

describe('an object that a filter tells to skip', () => {
  it('holds no matching row: JSON Lines of any structure, any criteria', async () => {
    let skipped = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowModel, { maxLength: 12 }),
        criteria,
        choices,
        fc.boolean(),
        async (rows, sought, numbers, strictTypes) => {
          const choice = endlessly(numbers);
          const text = rows.map((row) => `${modelText(row, choice)}\n`).join('');
          const bytes = Buffer.from(text + FILLER);
          const bench = new Bench(PATHS);
          const matcher = matcherOf(sought, { strictTypes });
          expect(await bench.index(bytes, 'jsonl')).toMatchObject({ kind: 'written' });
          const answer = await bench.ask(bytes, matcher, 'jsonl');
          if (answer.kind === 'absent') skipped++;
          expect(await faultOf(answer, bytes, matcher, 'jsonl')).toBeUndefined();
        },
      ),
      { numRuns: 150 },
    );
    // A filter that never says so would pass as well.
    expect(skipped).toBeGreaterThan(20);
  });

  it.each(['jsonl', 'csv', 'snowplow', 'firehose-failures'] as const)(
    'holds no matching row: %s of values that look alike, plain and gzip',
    async (format) => {
      let skipped = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }),
          fc.array(fc.tuple(fc.constantFrom('user_id', 'se_label'), cell), {
            minLength: 1,
            maxLength: 3,
          }),
          fc.boolean(),
          async (rows, sought, zipped) => {
            const plain = Buffer.from(writeRows(format, rows));
            const bytes = zipped ? gzipSync(plain) : plain;
            const bench = new Bench(['user_id', 'se_label']);
            const matcher = matcherOf(sought.map(([path, text]) => ({ match: { [path]: text } })));
            expect(await bench.index(bytes, 'auto')).toMatchObject({ kind: 'written' });
            const answer = await bench.ask(bytes, matcher, format);
            if (answer.kind === 'absent') skipped++;
            expect(await faultOf(answer, bytes, matcher, format)).toBeUndefined();
          },
        ),
        { numRuns: 60 },
      );
      expect(skipped).toBeGreaterThan(5);
    },
  );
});

const cell = fc.oneof(
  fc.constantFrom(
    '7',
    '7.0',
    '1.50',
    '1.5',
    '12345678901234567890',
    'x',
    'a,b',
    'say "hi"',
    '-0',
    '0',
    '\u00e9',
  ),
  fc.string({ maxLength: 4 }).map((text) => text.replaceAll(/[\t\r\n]/g, ' ')),
);
