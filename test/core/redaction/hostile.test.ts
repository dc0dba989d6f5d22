import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { BatchRedactor } from '../../../lib/core/redaction/batch-redactor.ts';
import { compilePolicy } from '../../../lib/core/redaction/policy.ts';
import { strictParse } from '../json/oracle.ts';
import { customerPolicy, NOW, policyOf, streamOf } from './policies.ts';

const CANARY = '807831104';
const AT = `,"data_redacted":true,"data_redacted_at":"${NOW}"}\n`;
const R = '"REDACTED_CONTENT"';
const redactors = [
  new BatchRedactor(customerPolicy()),
  new BatchRedactor(customerPolicy(), { path: 'reference' }),
];

/** What both paths make of a record: its text, or why it failed. */
function redacted(record: string | Uint8Array): string {
  const data = Buffer.from(record).toString('base64');
  const answers = redactors.map((redactor) => {
    const [outcome] = redactor.redact([data], NOW);
    return outcome!.kind === 'failed'
      ? `failed: ${outcome!.reason}`
      : Buffer.from(outcome!.data, 'base64').toString('latin1');
  });
  expect(answers[0]).toBe(answers[1]);
  return Buffer.from(answers[0]!, 'latin1').toString('utf8');
}

test('the example of the design', () => {
  const rest = '"data_share_consent":false,"evnt_time":"2021-01-31T20:31:26.114917"';
  expect(
    redacted(`{"name":"Gnoll","dob":"2011-04-22","gender":"M","ssn_no":"${CANARY}",${rest}}`),
  ).toBe(`{"name":"Gnoll","dob":${R},"gender":"M","ssn_no":${R},${rest}${AT}`);
});

describe('only JSON true is consent', () => {
  const record = (flag: string): string => `{"ssn_no":"${CANARY}"${flag}}`;
  test.each([
    '', ',"data_share_consent":false', ',"data_share_consent":null', ',"data_share_consent":"true"',
    ',"data_share_consent":"false"', ',"data_share_consent":0', ',"data_share_consent":1', ',"data_share_consent":[true]',
    ',"data_share_consent":{"a":true}', ',"data_share_consent":true,"data_share_consent":false',
    ',"data_share_consent":false,"data_share_consent":true', ',"data_share_consent":true,"data_share_consen\\u0074":null',
    ',"Data_Share_Consent":true', ',"note":"\\"data_share_consent\\":true"', ',"nested":{"data_share_consent":true}',
    ',"data_share_consent ":true',
  ])('redacts with %j', (flag) => {
    expect(redacted(record(flag))).toBe(`{"ssn_no":${R}${flag}${AT}`);
  }); // prettier-ignore

  test.each([
    ',"data_share_consent":true', ',"data_share_consent" :\ttrue ', ',"data_share_consent":true,"data_share_consent":true',
    ',"data_share_c\\u006fnsent":true', ',"note":"\\"data_share_consent\\":false","data_share_consent":true',
  ])('keeps with %j', (flag) => {
    expect(redacted(record(flag))).toBe(`${record(flag)}\n`);
  }); // prettier-ignore
});

describe('every way to write a personal field is found', () => {
  test.each([
    [`{"ssn_no":"${CANARY}","ssn_no":"${CANARY}"}`, `{"ssn_no":${R},"ssn_no":${R}${AT}`],
    [`{"\\u0073sn_no":"${CANARY}"}`, `{"\\u0073sn_no":${R}${AT}`],
    [`{"ssn\\u005Fno":"${CANARY}"}`, `{"ssn\\u005Fno":${R}${AT}`],
    [`{"ssn_no":{"a":["${CANARY}"]}}`, `{"ssn_no":${R}${AT}`],
    [`{"ssn_no":[[{"ssn_no":"${CANARY}"}]] }`, `{"ssn_no":${R} ${AT}`],
    [`{"ssn_no":${CANARY}}`, `{"ssn_no":${R}${AT}`],
    [`{"ssn_no":"\\u0038\\u0030\\u0037831104"}`, `{"ssn_no":${R}${AT}`],
    [`{"ssn_no":null}`, `{"ssn_no":${R}${AT}`],
    [`{"__proto__":{"x":1},"ssn_no":"${CANARY}"}`, `{"__proto__":{"x":1},"ssn_no":${R}${AT}`],
    ['{}', `{${AT.slice(1)}`],
    [' { } ', ` { ${AT.slice(1)}`],
  ])('%s', (record, expected) => {
    expect(redacted(record)).toBe(expected);
  });

  test('a record that pretends to be redacted is redacted all the same', () => {
    const old = '2020-01-01T00:00:00Z';
    expect(
      redacted(`{"data_redacted":true,"data_redacted_at":"${old}","ssn_no":"${CANARY}"}`),
    ).toBe(`{"data_redacted":true,"data_redacted_at":"${NOW}","ssn_no":${R}}\n`);
  });

  test('marks with other values are set right, not doubled', () => {
    expect(redacted(`{"data_redacted":"${CANARY}","data_redacted_at":{"a":"${CANARY}"}}`)).toBe(
      `{"data_redacted":true,"data_redacted_at":"${NOW}"}\n`,
    );
  });
});

describe('all other bytes stay', () => {
  test.each([
    '"n":1.10', '"n":12345678901234567890', '"n":1e400', '"n":-0.0', '"n": \t 1 ', '"n":"\\ud800"', '"n":"\\/é𝄞\\u00e9"',
    '"n":{"b":1,"a":2,"a":[ ]}', '"":""',
  ])('%s', (member) => {
    expect(redacted(`{${member}}`)).toBe(`{${member}${AT}`);
    expect(redacted(`{"data_share_consent":true,${member}}`)).toBe(`{"data_share_consent":true,${member}}\n`);
  }); // prettier-ignore

  test.each(['', '\n', '\r\n', '\n\n', ' \t\r\n '])(
    'but %j at the end becomes one newline',
    (end) => {
      expect(redacted(`{"data_share_consent":true}${end}`)).toBe('{"data_share_consent":true}\n');
      expect(redacted(`{"a":1}${end}`)).toBe(`{"a":1${AT}`);
    },
  );
});

describe('what is no JSON object fails, and says why without its content', () => {
  test.each([
    ['', 'empty'], ['\n', 'empty'], ['\ufeff{}', 'byte-order-mark'], ['{"a":1', 'cut-short'], ['[]', 'not-an-object'],
    ['[{"data_share_consent":true}]', 'not-an-object'], ['"{}"', 'not-an-object'], ['1', 'not-an-object'], ['true', 'not-an-object'],
    ['{}{}', 'not-json'], ['{"a":1}\n{"a":2}', 'not-json'], ["{'a':1}", 'not-json'], ['{"a":NaN}', 'not-json'],
    ['{"a":01}', 'not-json'], ['{"a":1,}', 'not-json'], ['{"a":"\t"}', 'not-json'], ['{"data_share_consent":true}x', 'not-json'],
  ])('%j: %s', (record, reason) => {
    expect(redacted(record)).toBe(`failed: ${reason}`);
  }); // prettier-ignore

  test.each([
    '7b2261223a22ff227d',
    '7b22c3223a317d',
    '7b2261223a22eda080227d',
    '7b2261223a22c0af227d',
  ])('invalid UTF-8 in %s', (hex) => {
    expect(redacted(Buffer.from(hex, 'hex'))).toBe('failed: invalid-utf8');
  });
});

describe('size and depth', () => {
  test('several megabytes', () => {
    const pad = 'é'.repeat(3_000_000);
    expect(redacted(`{"pad":"${pad}","ssn_no":"${CANARY}"}`)).toBe(
      `{"pad":"${pad}","ssn_no":${R}${AT}`,
    );
  });

  test('half a million levels beside, in and around a personal field', () => {
    const [open, close] = ['['.repeat(500_000), ']'.repeat(500_000)];
    expect(redacted(`{"a":${open}${close},"ssn_no":${open}"${CANARY}"${close}}`)).toBe(
      `{"a":${open}${close},"ssn_no":${R}${AT}`,
    );
    const nested = new BatchRedactor(policyOf({ fields: [['a.b']] }));
    const record = `{"a":${open}{"b":"${CANARY}"}${close}}`;
    const [outcome] = nested.redact([Buffer.from(record).toString('base64')], NOW);
    expect(outcome?.kind).toBe('redacted');
    if (outcome?.kind === 'redacted') {
      expect(Buffer.from(outcome.data, 'base64').toString()).toBe(
        `{"a":${open}{"b":${R}}${close},"data_redacted":true}\n`,
      );
    }
  });

  test('an object in a million brackets that never close fails', () => {
    expect(redacted(`{"a":${'['.repeat(1_000_000)}`)).toBe('failed: cut-short');
    expect(redacted(`{"a":${'['.repeat(2_000_000)}`)).toBe('failed: too-deep');
  });

  test('a hundred thousand members', () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"ssn_no":"${index}"`).join(',');
    expect(strictParse(Buffer.from(redacted(`{${members}}`)))).toMatchObject({
      ssn_no: 'REDACTED_CONTENT',
    });
  });
});

test('nothing personal survives, however it is escaped', () => {
  const canaries = [
    '"CANARY-77"',
    '"\\u0043ANARY-77"',
    '["CANARY-77",{"x":"CANARY-77"}]',
    '{"CANARY-77":1}',
  ];
  for (const value of canaries) {
    for (const key of ['dob', 'ssn_no', '\\u0064ob', 's\\u0073n_no']) {
      const text = redacted(`{"${key}":${value},"x":[{"y":1}],"${key}":${value}}`);
      expect(JSON.stringify(strictParse(Buffer.from(text)))).not.toContain('ANARY');
      expect(text).not.toContain('ANARY');
    }
  }
});

test('a mark that is also the consent flag is refused', () => {
  const store = streamOf({ consent: { path: 'ok' }, fields: [['a']], marks: { redacted: 'ok' } });
  expect(() => compilePolicy(store, {})).toThrow(TypeError);
});
