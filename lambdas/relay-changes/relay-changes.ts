import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { ChangeEvent } from '../../lib/core/ports/record-table.ts';
import type { MessagePublisher } from '../../lib/core/requests/messages/publish-messages.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { tally } from '../runtime/messages.ts';
import { batchAnswer, type Verdict } from '../runtime/stream-batch.ts';
import { readTableEvent, type TableChange } from '../runtime/table-changes.ts';

export interface RelayChangesContext {
  /** Signs each event with its store's key. */
  events: MessagePublisher<ChangeEvent>;
  /** Which change event an item of the table is; undefined for everything else. */
  changeEventOf: (item: NonNullable<TableChange['item']>) => ChangeEvent | undefined;
  log: Log;
  meter: Meter;
}

/**
 * Puts the change events that the services wrote beside their changes onto the events stream. Those
 * that the stream does not take come again; some come twice, which the completion bears. One that
 * cannot be read is counted and passed over: the executor asks its service by itself in time.
 * @param event a DynamoDB stream event of the services' table
 */
export async function relayChanges(
  event: unknown,
  { events, changeEventOf, log, meter }: RelayChangesContext,
): Promise<DynamoDBBatchResponse> {
  const changes = readTableEvent(event);
  let failed = 0;
  const told = changes.map(({ item }) => {
    try {
      return item === undefined ? undefined : changeEventOf(item);
    } catch (error) {
      log.error('A change event of the table cannot be read', error);
      failed += 1;
      return undefined;
    }
  });
  const messages = told.filter((change) => change !== undefined);
  const outcomes = await publish(events, messages, log);
  const verdicts = told.map((change): Verdict => {
    if (change === undefined) return { kind: 'done' };
    const outcome = outcomes[messages.indexOf(change)];
    return outcome?.ok === true
      ? { kind: 'done' }
      : { kind: 'again', code: outcome?.code ?? 'not-published' };
  });
  const again = verdicts.flatMap((one) => (one.kind === 'again' ? [one.code] : []));
  log.info('Changes relayed', {
    records: changes.length,
    accepted: messages.length - again.length,
    ...{ failed, again: again.length },
    failures: tally(again),
  });
  meter.add('RecordsFailed', failed);
  meter.add('MessagesAgain', again.length);
  meter.publish();
  return batchAnswer(changes, verdicts);
}

async function publish(
  events: MessagePublisher<ChangeEvent>,
  messages: readonly ChangeEvent[],
  log: Log,
): ReturnType<MessagePublisher<ChangeEvent>['publish']> {
  if (messages.length === 0) return [];
  try {
    return await events.publish(messages);
  } catch (error) {
    log.error('No change could be published', error);
    return [];
  }
}
