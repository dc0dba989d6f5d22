import { beforeEach, describe, expect, it } from 'vitest';
import { relayChanges } from '../../../lambdas/relay-changes/relay-changes.ts';
import type { ChangeEvent } from '../../../lib/core/ports/record-table.ts';
import type { StreamRecord } from '../../../lib/core/ports/record-stream.ts';
import { readEvent } from '../../../lib/core/requests/messages/read-message.ts';
import { messageOpener } from '../../../lib/core/requests/messages/signed-message.ts';
import { changePublisher } from '../../../lib/core/services/change-publisher.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { sequenceNumber, tableEvent } from '../stream-events.ts';

const SECRET = Buffer.alloc(32, 3);
const changeOf = (store: string, attempt: number): ChangeEvent => ({
  eventId: `e-${attempt}`,
  store,
  at: 1,
  reason: `dsr:11111111-2222-4333-8444-555555555555/${store}#${attempt}`,
  remaining: 0,
  affected: 1,
});
const itemOf = (change: ChangeEvent) => ({ event: { S: JSON.stringify(change) } });

describe('the relay of change events', () => {
  let sent: StreamRecord[];
  let refusing: (at: number) => boolean;
  const log = recordingLog();
  const meter = recordingMeter();
  const relay = (items: readonly (object | undefined)[]) =>
    relayChanges(tableEvent(items), {
      events: changePublisher(
        {
          put: (records) => {
            if (refusing(-1)) return Promise.reject(new TypeError('canary'));
            sent.push(...records);
            return Promise.resolve(
              records.map((_, at) =>
                refusing(at)
                  ? { ok: false, code: 'ProvisionedThroughputExceededException' }
                  : { ok: true, shardId: 's', sequenceNumber: '1' },
              ),
            );
          },
        },
        SECRET,
      ),
      changeEventOf: (item) =>
        item['event']?.S === undefined ? undefined : (JSON.parse(item['event'].S) as ChangeEvent),
      log,
      meter,
    });

  beforeEach(() => {
    sent = [];
    refusing = () => false;
  });

  it('puts events on the stream, each signed as of its store', async () => {
    const items = [itemOf(changeOf('user-profiles', 1)), itemOf(changeOf('posts', 2))];
    expect(await relay(items)).toEqual({ batchItemFailures: [] });
    const open = messageOpener([SECRET], dataMap);
    expect(sent.map(({ data }) => readEvent(open, data))).toMatchObject([
      { kind: 'message', message: { taskId: 'user-profiles', source: 'service' } },
      { kind: 'message', message: { taskId: 'posts', attempt: 2 } },
    ]);
  });

  it('passes over records, tasks and removals', async () => {
    expect(await relay([undefined, { record: { S: 'canary' } }])).toEqual({
      batchItemFailures: [],
    });
    expect(sent).toEqual([]);
  });

  it('has the batch come again from the first event that the stream did not take', async () => {
    refusing = (at) => at === 1;
    const items = [{}, ...[1, 2, 3].map((attempt) => itemOf(changeOf('posts', attempt)))];
    expect(await relay(items)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }],
    });
  });

  it('passes over what it cannot read, counts it, and relays the rest', async () => {
    const items = [{ event: { S: '{"canary' } }, itemOf(changeOf('posts', 1))];
    expect(await relay(items)).toEqual({ batchItemFailures: [] });
    expect(sent).toHaveLength(1);
    expect(meter.sums.RecordsFailed).toBe(1);
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });

  it('has all of it come again when nothing could be put, and prints nothing of why', async () => {
    refusing = (at) => at === -1;
    expect(await relay([itemOf(changeOf('posts', 1))])).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(0) }],
    });
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });
});
