import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { readOrder } from '../../lib/core/requests/messages/read-message.ts';
import type { OpenMessage } from '../../lib/core/requests/messages/signed-message.ts';
import type { TaskOrder } from '../../lib/core/requests/model/outbox-message.ts';
import {
  executeArea,
  type ExecuteDependencies,
} from '../../lib/core/requests/verbs/execute-area.ts';
import { readKinesisEvent } from '../runtime/kinesis-records.ts';
import type { Log } from '../runtime/log.ts';
import { type Bury, buryDead, tally } from '../runtime/messages.ts';
import type { Meter } from '../runtime/metrics.ts';
import { batchAnswer, type Verdict } from '../runtime/stream-batch.ts';

export interface ExecuteTasksContext {
  deps: ExecuteDependencies;
  /** Whose orders it takes; those of other areas are passed over. */
  area: string;
  /** Reads a message and proves who sent it. */
  open: OpenMessage;
  bury: Bury;
  log: Log;
  meter: Meter;
}

/** Not begun with less: the stores of one order are called one after the other. */
const MARGIN = 60_000;

/**
 * Carries out the orders of one area, in the order in which they came. What is malformed or wrongly
 * signed goes to the dead letters; what could not be done now comes again, and the rest goes on: a
 * second delivery of what is done finds it done.
 * @param event a Kinesis event of the task stream
 * @param remainingMilliseconds until the function is ended
 */
export async function executeTasks(
  event: unknown,
  remainingMilliseconds: () => number,
  context: ExecuteTasksContext,
): Promise<KinesisStreamBatchResponse> {
  const { area, bury, log, meter } = context;
  const records = readKinesisEvent(event);
  const judged: Verdict[] = [];
  let executed = 0;
  for (const record of records) {
    const read = readOrder(context.open, record.data);
    if (read.kind === 'dead') {
      judged.push(read);
    } else if (read.kind === 'unrelated' || read.message.area !== area) {
      judged.push({ kind: 'done' });
    } else if (remainingMilliseconds() < MARGIN) {
      judged.push({ kind: 'again', code: 'out-of-time' });
    } else {
      const verdict = await execute(read.message, context);
      if (verdict.kind === 'done') executed += 1;
      judged.push(verdict);
    }
  }
  const { verdicts, buried } = await buryDead(records, judged, bury);
  const again = verdicts.flatMap((one) => (one.kind === 'again' ? [one.code] : []));
  log.info('Orders executed', {
    ...{ area, records: records.length, executed, buried, again: again.length },
    failures: tally(again),
  });
  meter.add('OrdersExecuted', executed);
  meter.add('LettersBuried', buried);
  meter.add('MessagesAgain', again.length);
  meter.publish();
  return batchAnswer(records, verdicts);
}

async function execute(
  order: TaskOrder,
  { deps, log }: Pick<ExecuteTasksContext, 'deps' | 'log'>,
): Promise<Verdict> {
  try {
    const outcome = await executeArea(deps, order);
    return outcome.kind === 'again' ? outcome : { kind: 'done' };
  } catch (error) {
    log.error('An order could not be carried out', error);
    return { kind: 'again', code: error instanceof Error ? error.name : 'unknown' };
  }
}
