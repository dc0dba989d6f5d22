import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArchive, type DemoCheck } from '../../bin/commands/demo-check.ts';
import { ExpectedRecords } from '../../bin/commands/demo-expected.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';
import { dataMap } from '../../lib/data-map.ts';
import { scratchFolder } from '../local/scratch-folder.ts';

const events = dataMap.stores['customer-events'] as StreamStore;
const kept = '{"name":"Ann","dob":"1970-01-01","ssn_no":"111111111","data_share_consent":true}';
const secret = '{"name":"Bob","dob":"1980-02-02","ssn_no":"222222222","data_share_consent":false}';
const redacted =
  '{"name":"Bob","dob":"REDACTED_CONTENT","ssn_no":"REDACTED_CONTENT","data_share_consent":false,"data_redacted":true,"data_redacted_at":"2026-11-21T06:00:00.000Z"}';
const bad = 'no event';
const failed = JSON.stringify({ rawData: Buffer.from(bad).toString('base64') });

async function check(data: string[], errors: string[]): Promise<DemoCheck> {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'phi-data'));
  await writeFile(join(folder, 'phi-data/o'), data.map((line) => `${line}\n`).join(''));
  await writeFile(join(folder, 'errors'), errors.map((line) => `${line}\n`).join(''));
  const sent = [kept, secret, bad].map((text) => Buffer.from(text));
  const expected = new ExpectedRecords(sent, events);
  const object = { records: 0, bytes: 0 };
  return checkArchive(
    expected,
    [
      { ...object, key: 'phi-data/o', kind: 'data' },
      { ...object, key: 'errors', kind: 'error' },
    ],
    folder,
  );
}

describe('the check of the demo', () => {
  it('passes what is right, and counts it', async () => {
    expect(await check([redacted, kept], [failed])).toMatchObject({
      ...{ kept: 1, redacted: 1, failed: 1, strange: 0, missing: 0 },
      ...{ valuesSought: 2, valuesFound: 0, passed: true },
      samples: { redacted: { before: secret, after: redacted } },
    });
  });

  it.each([
    ['an event is missing', [kept], [failed], { missing: 1 }],
    ['an event comes twice', [kept, kept, redacted], [failed], { strange: 1 }],
    ['a failed record is missing', [kept, redacted], [], { missing: 1 }],
    ['a person who did not consent is stored whole', [kept, secret], [failed], { valuesFound: 2 }],
    [
      'one value survived',
      [kept, redacted.replace('"REDACTED_CONTENT"', '"1980-02-02"')],
      [failed],
      { valuesFound: 1, strange: 1 },
    ],
    [
      'a value hides in another text',
      [kept, redacted.replace('"Bob"', '"Bob 222222222"')],
      [failed],
      { valuesFound: 1 },
    ],
    [
      'a consenting event was touched',
      [kept.replace(',', ', '), redacted],
      [failed],
      { strange: 1, missing: 1 },
    ],
    [
      'another field was touched',
      [kept, redacted.replace('Bob', 'Rob')],
      [failed],
      { strange: 1, missing: 1 },
    ],
    ['a failed record is in the data as well', [kept, redacted, bad], [failed], { strange: 1 }],
  ])('fails when %s', async (_, data, errors, finding) => {
    expect(await check(data, errors)).toMatchObject({ ...finding, passed: false });
  });
});
