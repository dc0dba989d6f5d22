import { describe, expect, test } from 'vitest';

import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import {
  meetsSchema,
  parseSchemaCriterion,
} from '../../../lib/core/erasure/criteria/schema-criterion.ts';
import { SNOWPLOW_COLUMNS } from '../../../lib/core/erasure/criteria/snowplow-columns.ts';
import { readCriteria } from './archive-bytes.ts';

const R2F = 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0';
const pojo = (fieldName: string, value: unknown) =>
  JSON.stringify({
    schema: R2F,
    data: { pojo: { fieldName, valueForWhichEventWillBeDeleted: value } },
  });

function faultsOf(text: string): string[] {
  const outcome = readCriteria(text);
  if (outcome.ok) throw new Error('no fault was found');
  return outcome.faults.map(({ line, reason }) => `${line}: ${reason}`);
}

describe('a criteria file', () => {
  test('is read with a BOM, blank lines, CRLF and no newline at its end', () => {
    const outcome = readCriteria('\ufeff{"match":{"a":"1"}}\r\n\n  \n{"match":{"a":"2"}}');
    expect(outcome.ok && outcome.criteria.size).toBe(2);
  });

  test('tells all of its faults at once, each with its line', () => {
    const faults = faultsOf(
      [
        '{"match":{"a":"fine"}}',
        'not json',
        '{"match":{}}',
        '{"match":{"a":null}}',
        '{"match":{"a":1,"a":2}}',
        '{"match":{"a..b":1}}',
        '{"match":{"a":{"b":1}}}',
        '{"match":{"a":1},"more":2}',
        pojo('customer_id', 'x'),
        pojo('user_id', 7),
        '[1]',
      ].join('\n'),
    );
    expect(faults.map((fault) => Number(fault.split(':')[0]))).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });

  test('is refused when it is empty', () => {
    expect(faultsOf('\n\n')).toEqual(['2: the file holds no criterion']);
  });

  test.each(['__proto__', 'a.constructor', '["prototype"]'])('may not name the path %s', (path) => {
    expect(faultsOf(JSON.stringify({ match: { [path]: 1 } }))[0]).toMatch(/prototype/);
  });

  test('never shows a value in a fault', () => {
    const text = `{"match":{"a":["secret-7"]}}\n{"match":{"a":"secret-7"}\n${pojo('x', 'secret-7')}`;
    expect(faultsOf(text).join()).not.toContain('secret-7');
  });

  test('is refused when a line is longer than 1 MiB, and the lines after it are still read', () => {
    const long = `{"match":{"a":"${'x'.repeat(3 << 20)}"}}`;
    const faults = faultsOf(`${long}\n{"match":{"a":1}}\nwrong`);
    expect(faults).toEqual([
      '1: the line is longer than 1048576 bytes',
      '3: it is not a JSON object',
    ]);
  });

  test('is refused when it nests without end, and does not end the process', () => {
    expect(faultsOf('{"match":'.repeat(200_000))).toHaveLength(1);
  });

  test('may name a hundred thousand subjects, in lines that look alike and lines that do not', () => {
    const lines: string[] = [];
    for (let id = 0; id < 100_000; id++) {
      lines.push(id % 7 === 0 ? `{ "match" : { "id" : ${id} } }` : `{"match":{"id":"${id}é"}}`);
    }
    const outcome = readCriteria(lines.join('\n'));
    if (!outcome.ok) throw new Error('refused');
    expect(outcome.criteria.size).toBe(100_000);
    const matcher = new CompiledMatcher(outcome.criteria);
    for (const id of [0, 6, 7, 49_999, 99_995, 99_999]) {
      const text = id % 7 === 0 ? String(id) : `${id}é`;
      expect(matcher.probe(0, { kind: 'string', text })?.alone).toBe(true);
      expect(matcher.probe(0, { kind: 'string', text: `${text}x` })).toBeUndefined();
    }
  });

  test('keeps the order of members of an R2F datum apart from its value', () => {
    const swapped = (value: string) =>
      `{"schema":"${R2F}","data":{"pojo":{"valueForWhichEventWillBeDeleted":"${value}","fieldName":"user_id"}}}`;
    const outcome = readCriteria([swapped('user_id'), swapped('b'), swapped('c')].join('\n'));
    if (!outcome.ok) throw new Error('refused');
    const matcher = new CompiledMatcher(outcome.criteria);
    expect(matcher.paths).toEqual([{ kind: 'field', segments: ['user_id'] }]);
    for (const text of ['user_id', 'b', 'c']) {
      expect(matcher.probe(0, { kind: 'string', text })?.alone).toBe(true);
    }
  });
});

describe('a schema criterion', () => {
  const criterion = (version: string) => parseSchemaCriterion(`iglu:a.b/c/jsonschema/${version}`)!;
  const schema = (version: string) => `iglu:a.b/c/jsonschema/${version}`;

  test.each([
    ['1-0-0', '1-0-0', true],
    ['1-0-1', '1-0-0', true],
    ['1-0-0', '1-0-1', false],
    ['1-1-*', '1-0-7', true],
    ['1-1-*', '1-1-9', true],
    ['1-1-*', '1-2-0', false],
    ['1-*-*', '2-0-0', false],
    ['*-*-*', '9-9-9', true],
    ['1-0-*', '1-0-12', true],
  ])('%s and schema %s: %s', (version, of, meets) => {
    expect(meetsSchema(criterion(version), schema(of))).toBe(meets);
  });

  test('is about one vendor, name and format', () => {
    expect(meetsSchema(criterion('*-*-*'), 'iglu:a.b/d/jsonschema/1-0-0')).toBe(false);
    expect(meetsSchema(criterion('*-*-*'), 'iglu:a.c/c/jsonschema/1-0-0')).toBe(false);
    expect(parseSchemaCriterion('iglu:a/b/jsonschema/0-0-0')).toBeUndefined();
  });
});

test('the Snowplow columns stand where R2F has them', () => {
  const at = (name: string) => SNOWPLOW_COLUMNS.indexOf(name) + 1;
  expect(SNOWPLOW_COLUMNS).toHaveLength(131);
  expect([at('user_id'), at('contexts'), at('unstruct_event'), at('tr_orderid')]).toEqual([
    13, 53, 59, 60,
  ]);
  expect([at('mkt_clickid'), at('derived_contexts'), at('domain_sessionid')]).toEqual([
    117, 123, 124,
  ]);
});
