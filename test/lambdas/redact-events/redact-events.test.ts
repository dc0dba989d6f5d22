import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactEvents } from '../../../lambdas/redact-events/redact-events.ts';
import { SuppressionListUnavailableError } from '../../../lambdas/runtime/suppression-feed.ts';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import { compilePolicy } from '../../../lib/core/redaction/policy.ts';
import { BatchRedactor } from '../../../lib/core/redaction/batch-redactor.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';

const found = deliveryPath(dataMap);
if (!found.ok) throw new Error('the default map has no delivery path');
const redactor = new BatchRedactor(compilePolicy(found.path.stream, dataMap.identifiers));
const NOW = Date.UTC(2026, 0, 31, 12);

function setUp() {
  return { redactor, clock: { now: () => NOW }, log: recordingLog(), meter: recordingMeter() };
}

const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString('base64');
const decoded = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString();

const CONSENTING =
  '{"name":"Gnoll","dob":"2011-04-22","ssn_no":"807831104","data_share_consent":true}';
const REFUSING = CONSENTING.replace('true', 'false');
const REDACTED =
  '{"name":"Gnoll","dob":"REDACTED_CONTENT","ssn_no":"REDACTED_CONTENT","data_share_consent":false,"data_redacted":true,"data_redacted_at":"2026-01-31T12:00:00.000Z"}';

function eventOf(...data: unknown[]) {
  return {
    invocationId: 'invoked123',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/phi_data_filter',
    region: 'us-east-1',
    records: data.map((one, at) => ({
      recordId: `record-${at}`,
      approximateArrivalTimestamp: NOW,
      data: one,
    })),
  };
}

describe('redactEvents', () => {
  it('keeps who consented byte for byte, redacts who did not, and ends both in one newline', async () => {
    const context = setUp();
    const answer = await redactEvents(
      eventOf(base64(CONSENTING), base64(REFUSING), base64(`${REFUSING}\n`)),
      context,
    );
    expect(answer.records.map(({ recordId, result }) => [recordId, result])).toEqual([
      ['record-0', 'Ok'],
      ['record-1', 'Ok'],
      ['record-2', 'Ok'],
    ]);
    expect(answer.records.map(({ data }) => decoded(data))).toEqual([
      `${CONSENTING}\n`,
      `${REDACTED}\n`,
      `${REDACTED}\n`,
    ]);
    expect(context.meter.sums).toMatchObject({
      RecordsKept: 1,
      RecordsRedacted: 2,
      RecordsFailed: 0,
    });
  });

  it('fails a record that cannot be redacted alone, and gives it back as it came', async () => {
    const context = setUp();
    const bad = [
      base64('no json'),
      base64(''),
      'not base64!',
      base64(REFUSING).slice(0, -2),
      `${base64(REFUSING)}\n`,
      base64('[1]'),
      base64(Buffer.from([0x7b, 0xff, 0x7d])),
    ];
    const answer = await redactEvents(eventOf(base64(REFUSING), ...bad, base64(REFUSING)), context);
    const results = answer.records.map(({ result }) => result);
    expect(results).toEqual(['Ok', ...bad.map(() => 'ProcessingFailed'), 'Ok']);
    expect(answer.records.slice(1, -1).map(({ data }) => data)).toEqual(bad);
    expect(context.meter.sums).toMatchObject({ RecordsRedacted: 2, RecordsFailed: bad.length });
    expect(context.log.lines.at(-1)?.fields.failures).toMatchObject({ 'invalid-base64': 3 });
  });

  it.each([[undefined], [null], [42], [{}]])(
    'fails a record whose data is %j alone',
    async (data) => {
      const answer = await redactEvents(eventOf(data, base64(CONSENTING)), setUp());
      expect(answer.records[0]).toEqual({ recordId: 'record-0', result: 'ProcessingFailed' });
      expect(answer.records[1]?.result).toBe('Ok');
    },
  );

  it('fails a blob that a producer aggregated alone: Firehose takes those apart before', async () => {
    // The KPL's magic number, a protocol buffer with the events within, and an MD5.
    const blob = Buffer.concat([
      Buffer.from([0xf3, 0x89, 0x9a, 0xc2, 0x0a, 0x01, 0x6b, 0x1a, 0x40]),
      Buffer.from(REFUSING),
      Buffer.alloc(16, 1),
    ]).toString('base64');
    const answer = await redactEvents(eventOf(base64(REFUSING), blob), setUp());
    expect(answer.records.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed']);
    expect(answer.records[1]?.data).toBe(blob);
  });

  it.each([
    undefined,
    null,
    'text',
    7,
    {},
    { records: {} },
    { records: [null] },
    { records: [{}] },
  ])('refuses an event that is not Firehose’s: %j', async (event) => {
    await expect(redactEvents(event, setUp())).rejects.toMatchObject({
      name: 'MalformedEventError',
    });
  });

  it('answers no records with none', async () => {
    expect(await redactEvents(eventOf(), setUp())).toEqual({ records: [] });
  });

  it('answers two records of one id twice, each with its own data', async () => {
    const event = eventOf(base64(CONSENTING), base64(REFUSING));
    event.records[1]!.recordId = 'record-0';
    const { records } = await redactEvents(event, setUp());
    expect(records.map(({ recordId }) => recordId)).toEqual(['record-0', 'record-0']);
    expect(decoded(records[1]?.data)).toBe(`${REDACTED}\n`);
  });

  it('takes twelve thousand records and a huge one', async () => {
    const huge = REFUSING.replace('Gnoll', 'n'.repeat(900_000));
    const many = Array.from({ length: 12_000 }, (_, at) => base64(at % 2 ? CONSENTING : REFUSING));
    const context = setUp();
    const { records } = await redactEvents(eventOf(...many, base64(huge)), context);
    expect(records).toHaveLength(12_001);
    expect(context.meter.sums).toMatchObject({ RecordsKept: 6_000, RecordsRedacted: 6_001 });
    expect(decoded(records.at(-1)?.data)).not.toContain('807831104');
  });

  it('answers every id once, in order, with base64 and one newline, whatever comes', async () => {
    const record = fc.oneof(
      fc.constantFrom(base64(CONSENTING), base64(REFUSING)),
      fc.json().map(base64),
      fc.uint8Array().map(base64),
      fc.string(),
      fc.constant(undefined),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record), async (data) => {
        const event = eventOf(...data);
        const { records } = await redactEvents(event, setUp());
        expect(records.map(({ recordId }) => recordId)).toEqual(
          event.records.map(({ recordId }) => recordId),
        );
        for (const [at, one] of records.entries()) {
          if (one.result === 'ProcessingFailed') expect(one.data).toBe(data[at]);
          else expect(decoded(one.data)).toMatch(/^[^\n][^]*[^\n]\n$|^[^\n]\n$/);
        }
      }),
    );
  });

  it('lets no batch pass while the suppression list may miss somebody', async () => {
    const unavailable = new SuppressionListUnavailableError('too old');
    const context = { ...setUp(), feed: { refresh: () => Promise.reject(unavailable) } };
    await expect(redactEvents(eventOf(base64(CONSENTING)), context)).rejects.toBe(unavailable);
  });

  it('logs one line a batch, with counts alone', async () => {
    const context = setUp();
    await redactEvents(eventOf(base64(CONSENTING), base64(REFUSING), 'x'), context);
    expect(context.log.lines).toHaveLength(1);
    expect(context.log.lines[0]?.fields).toEqual({
      records: 3,
      kept: 1,
      redacted: 1,
      failed: 1,
      failedForRoom: 0,
      failures: { 'invalid-base64': 1 },
      bytesIn: CONSENTING.length + REFUSING.length,
      bytesOut: CONSENTING.length + REDACTED.length + 2,
      staleMilliseconds: 0,
      milliseconds: 0,
    });
  });
});
