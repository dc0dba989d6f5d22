import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchRedactor } from '../../../lib/core/redaction/batch-redactor.ts';
import { compilePolicy } from '../../../lib/core/redaction/policy.ts';
import { dataMap } from '../../../lib/data-map.ts';

const NOW = '2026-01-31T12:00:00.000Z';
const store = dataMap.stores['customer-events'];
if (store?.kind !== 'stream') throw new Error('the data map has no stream of customer events');
const policy = compilePolicy(store, dataMap.identifiers);
const fast = new BatchRedactor(policy);
const reference = new BatchRedactor(policy, { path: 'reference' });

/** Text between the fields, of any length: its base64 is taken over where it stands as it came. */
const run = fc.integer({ min: 0, max: 700 }).map((length) => 'x'.repeat(length));
const value = fc.oneof(
  fc.constantFrom('null', '0', '{}', '[1,2]', '"REDACTED_CONTENT"', '""'),
  fc.integer({ min: 0, max: 40 }).map((length) => `"${'7'.repeat(length)}"`),
);
const record = fc
  .record({ a: run, b: run, c: run, dob: value, ssn: value, consent: fc.boolean() })
  .chain((r) =>
    fc
      .constantFrom('', '\n', '\r\n', '  ')
      .map(
        (ending) =>
          `{"a":"${r.a}","dob":${r.dob},"b":"${r.b}","ssn_no":${r.ssn},"c":"${r.c}","data_share_consent":${r.consent}}${ending}`,
      ),
  );

it('long runs between replaced values are the same on both paths, at every shift', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (records) => {
      const data = records.map((text) => Buffer.from(text).toString('base64'));
      expect(fast.redact(data, NOW)).toEqual(reference.redact(data, NOW));
    }),
    { numRuns: 300 },
  );
});
