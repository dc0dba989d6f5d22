import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { SNOWPLOW_COLUMNS } from '../../../lib/core/erasure/criteria/snowplow-columns.ts';
import { loadZstd } from '../../../lib/core/erasure/parquet/codec/zstd.ts';
import { Duck } from '../erasure/parquet/duckdb.ts';
import { discoverIn } from './discovering.ts';

const mail = (n: number): string => `person${n}@example.org`;
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
const lines = (row: (n: number) => unknown, count = 40): string =>
  times(count, (n) => JSON.stringify(row(n))).join('\n');

const rows = lines((n) => ({ id: n, contact: { mail: mail(n) } }));

describe('personal fields are found in', () => {
  test('gzip', async () => {
    const { told, sampled } = await discoverIn([gzipSync(rows)]);
    expect(told).toEqual(['contact.mail: email']);
    expect(sampled).toEqual([{ outcome: 'read', format: 'jsonl', rows: 40 }]);
  });

  test('zstd', async () => {
    const packed = (await loadZstd()).compress(Buffer.from(rows));
    expect((await discoverIn([packed])).told).toEqual(['contact.mail: email']);
  });

  test('CSV with quotes and a column named by a path', async () => {
    const csv = `id;contact.mail;note\n${times(40, (n) => `${n};${mail(n)};"a;\n""b"""`).join('\n')}\n`;
    const { told, findings } = await discoverIn([csv]);
    expect(told).toEqual(['contact.mail: email']);
    expect(findings[0]).toMatchObject({ segments: ['contact', 'mail'], values: 40 });
  });

  test('Snowplow events, and JSON in their columns', async () => {
    const self = (n: number) =>
      JSON.stringify({ schema: 'u', data: { schema: 'a', data: { recipient: mail(n) } } });
    const event = (n: number) =>
      SNOWPLOW_COLUMNS.map((name) => (name === 'unstruct_event' ? self(n) : '')).join('\t');
    const { told } = await discoverIn([times(40, event).join('\n')]);
    expect(told).toEqual(['unstruct_event.data.data.recipient: email']);
  });

  test('what Firehose could not deliver', async () => {
    const failure = (n: number) => ({
      attemptsMade: 4,
      errorCode: 'Lambda.FunctionError',
      rawData: Buffer.from(JSON.stringify({ id: n, mail: mail(n) })).toString('base64'),
    });
    const { told, sampled } = await discoverIn([lines(failure)]);
    expect(told).toEqual(['mail: email']);
    expect(sampled).toMatchObject([{ format: 'firehose-failures' }]);
  });

  test('a record there that is no JSON', async () => {
    const rawData = Buffer.from(`call ${mail(1)}`).toString('base64');
    const text = lines(() => ({ attemptsMade: 4, errorCode: 'x', rawData }), 20);
    const { told, sampled, output } = await discoverIn([text]);
    expect(told).toEqual(['rawData: free-text']);
    expect(sampled).toMatchObject([{ outcome: 'unreadable' }]);
    expect(output).not.toContain('person1');
  });
});

describe('Parquet', () => {
  let duck: Duck;
  beforeAll(async () => {
    duck = await Duck.open();
  });
  afterAll(() => duck.close());

  test.each(['uncompressed', 'snappy', 'gzip', 'zstd'])('is read, %s', async (codec) => {
    const object = await duck.write(
      `SELECT range AS id, {'mail': 'person' || range || '@example.org', 'zip': range} AS contact,
         ['+44 20 7946 0' || (100 + range % 800)] AS numbers
       FROM range(3000)`,
      `, CODEC '${codec}', ROW_GROUP_SIZE 2048`,
    );
    const { told, sampled } = await discoverIn([object], { rows: 200 });
    expect(told).toContain('contact.mail: email');
    expect(told).toContain('numbers: phone');
    expect(sampled).toMatchObject([{ outcome: 'read', format: 'parquet', rows: 200 }]);
  });

  test('with an encrypted footer is named as unreadable', async () => {
    const object = Buffer.concat([Buffer.from('PARE'), Buffer.alloc(64), Buffer.from('PARE')]);
    expect((await discoverIn([object])).sampled).toMatchObject([{ outcome: 'unreadable' }]);
  });
});

describe('a large object', () => {
  const pad = 'x'.repeat(2000);
  // What is personal begins behind what is read from the beginning: 16 MiB.
  const phone = (n: number) => `+44 20 7946 ${1000 + (n % 9000)}`;
  const large = lines((n) => ({ id: n, note: pad, ...(n > 9000 && { tel: phone(n) }) }), 12_000);

  test('is sampled beyond its beginning', async () => {
    expect(large.length).toBeGreaterThan(17 << 20);
    const { told, sampled } = await discoverIn([large], { rows: 400 });
    expect(told).toEqual(['tel: phone']);
    expect(sampled[0]!.rows).toBeLessThanOrEqual(412);
  });

  test('is sampled the same way by the same seed, and otherwise by another', async () => {
    const [one, same, other] = await Promise.all(
      [7, 7, 8].map((seed) => discoverIn([large], { rows: 400, seed })),
    );
    expect(same!.output).toBe(one!.output);
    expect(other!.findings[0]!.examples).not.toEqual(one!.findings[0]!.examples);
  });
});
