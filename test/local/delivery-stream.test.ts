import type { FirehoseTransformationEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { linesOf, NOON, put, rig, upperCase } from './delivery-rig.ts';

describe('the local delivery stream', () => {
  it('writes what the transform answers below the prefix, named as Firehose names it', async () => {
    const { stream, drain, objects } = await rig();
    await put(stream, 'one', 'two', 'three');
    await drain();
    const found = await objects();
    expect([...found.keys()]).toEqual([
      expect.stringMatching(
        /^phi-data\/2026\/11\/21\/12\/phi_data_filter-1-2026-11-21-12-34-56-id-\d+\.jsonl$/,
      ),
    ]);
    expect(linesOf(found)).toEqual(['ONE', 'THREE', 'TWO']);
  });

  it('hands the function the event that Firehose would', async () => {
    const { stream, drain } = await rig(1);
    const events: FirehoseTransformationEvent[] = [];
    await put(stream, 'one');
    await drain({ transform: (event) => (events.push(event), upperCase(event)) });
    const [event] = events;
    expect(event).toEqual({
      invocationId: expect.any(String) as string,
      deliveryStreamArn: 'arn:delivery',
      sourceKinesisStreamArn: 'arn:stream',
      region: 'local',
      records: [
        {
          recordId: expect.stringMatching(/^\d{62}$/) as string,
          approximateArrivalTimestamp: NOON,
          data: Buffer.from('one').toString('base64'),
          kinesisRecordMetadata: {
            sequenceNumber: expect.stringMatching(/^\d{56}$/) as string,
            subsequenceNumber: '',
            partitionKey: 'one',
            shardId: 'shardId-000000000000',
            approximateArrivalTimestamp: NOON,
          },
        },
      ],
    });
  });

  it('writes failed records as Firehose does, with the source bytes, apart from the others', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'good', 'bad', 'gone');
    const results = ['Ok', 'ProcessingFailed', 'Dropped'];
    await drain({
      transform: ({ records }) =>
        Promise.resolve({
          records: records.map(({ recordId, data }, at) => ({
            recordId,
            data,
            result: results[at],
          })),
        }),
    });
    const [data, errors] = [...(await objects())] as [[string, string], [string, string]];
    expect(data[1]).toBe('good');
    expect(errors[0]).toMatch(
      /^phi-errors\/processing-failed\/2026\/11\/21\/phi_data_filter-1-2026-11-21-12-34-56-id-\d+$/,
    );
    expect(JSON.parse(errors[1])).toEqual({
      attemptsMade: 1,
      arrivalTimestamp: NOON,
      errorCode: 'Lambda.ProcessingFailedStatus',
      errorMessage: 'ProcessingFailed status set for record',
      attemptEndingTimestamp: NOON,
      rawData: Buffer.from('bad').toString('base64'),
      lambdaARN: 'arn:lambda',
    });
    expect(errors[1].endsWith('\n')).toBe(true);
  });

  it('invokes a failing function four times, then counts the batch as failed without its message', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one', 'two');
    const invocations = new Set<string>();
    await drain({
      transform: ({ invocationId, records }) => {
        invocations.add(invocationId);
        return Promise.reject(
          new Error(`cannot read ${records[0]!.data}, that is personal-canary`),
        );
      },
    });
    expect(invocations.size).toBe(4);
    const lines = linesOf(await objects()).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatchObject({ attemptsMade: 4, errorCode: 'Lambda.FunctionError' });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('recovers when a later attempt succeeds', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one');
    let attempts = 0;
    await drain({
      transform: (event) =>
        (attempts += 1) < 4 ? Promise.reject(new Error('no')) : upperCase(event),
    });
    expect(linesOf(await objects())).toEqual(['ONE']);
  });

  it.each([
    ['no records', () => ({}), 'Lambda.JsonProcessingException'],
    ['nothing', () => undefined, 'Lambda.JsonProcessingException'],
    [
      'one record too few',
      (all: object[]) => ({ records: all.slice(1) }),
      'Lambda.MissingRecordId',
    ],
    [
      'a record twice',
      (all: object[]) => ({ records: [...all, all[0]] }),
      'Lambda.DuplicatedRecordId',
    ],
    [
      'a record of its own',
      (all: object[]) => ({ records: [...all, { recordId: 'x' }] }),
      'Lambda.MissingRecordId',
    ],
    [
      'an unknown result',
      (all: object[]) => ({ records: all.map((one) => ({ ...one, result: 'Fine' })) }),
      'Lambda.InvalidReturnFormat',
    ],
    [
      'text for base64',
      (all: object[]) => ({ records: all.map((one) => ({ ...one, data: '{"a":1}' })) }),
      'Lambda.InvalidReturnFormat',
    ],
    [
      'more than 6 MB',
      (all: object[]) => ({ records: all, more: 'x'.repeat(7_000_000) }),
      'Lambda.FunctionError',
    ],
  ])('fails the whole batch when the function answers %s', async (_, answer, code) => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one', 'two');
    await drain({
      transform: ({ records }) =>
        Promise.resolve(
          answer(records.map(({ recordId, data }) => ({ recordId, data, result: 'Ok' }))),
        ),
    });
    const found = await objects();
    expect([...found.keys()].every((key) => key.startsWith('phi-errors/'))).toBe(true);
    const lines = linesOf(found).map(
      (line) => JSON.parse(line) as { errorCode: string; rawData: string },
    );
    expect(lines.map(({ errorCode }) => errorCode)).toEqual([code, code]);
    expect(lines.map(({ rawData }) => Buffer.from(rawData, 'base64').toString()).sort()).toEqual([
      'one',
      'two',
    ]);
  });
});
