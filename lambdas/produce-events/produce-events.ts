import { setMaxListeners } from 'node:events';
import type { Clock } from '../../lib/core/ports/clock.ts';
import { type RecordStream, RecordStreamError } from '../../lib/core/ports/record-stream.ts';
import { errorFields, type Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import type { Sleep } from '../runtime/sleep.ts';
import { failed, type ProduceEventsAnswer, statusOf, succeeded } from './answer.ts';
import { customerEvents } from './customer-event.ts';
import { deliver, type DeliveryContext, type Totals } from './delivery.ts';
import { eventBatches } from './event-batches.ts';
import { createPacer, type Pace } from './pacer.ts';
import { Underway } from './underway.ts';
import { parseRunRequest, type RunRequest } from './run-request.ts';

export interface ProduceEventsContext {
  stream: RecordStream;
  clock: Clock;
  sleep: Sleep;
  /** Uniform in [0, 1); for partition keys and backoff. */
  random: () => number;
  log: Log;
  meter: Meter;
}

/** What a shard takes a second. Source: Amazon Kinesis Data Streams developer guide, quotas. */
const SHARD_PACE: Pace = { records: 1_000, bytes: 1024 * 1024 };
/** On-demand streams grow while they are written to. */
const READ_SHARDS_EVERY_MILLISECONDS = 30_000;
/** Puts under way at once: hides their latency where there are many shards. */
const MOST_UNDER_WAY = 16;
/** A batch a tenth of a second, up to the largest: small rates still flow evenly. */
const BATCHES_A_SECOND = 10;
/** Kept of the function's time: two seconds to send refused records again, one to answer. */
const MARGIN_MILLISECONDS = 3_000;
const ANSWER_MILLISECONDS = 1_000;

/**
 * Sends invented customer events into a stream, as fast as its shards allow or as the request says,
 * until the request's seconds are over or the function's time is nearly up.
 * Only accepted records are counted; those never accepted are in the log line and a metric.
 * @param event `{"seconds":n,"ratePerSecond":n,"consentRatio":p,"seed":n}`, each optional.
 * @param remainingMilliseconds the time left until whoever called stops waiting.
 */
export async function produceEvents(
  event: unknown,
  remainingMilliseconds: () => number,
  context: ProduceEventsContext,
): Promise<ProduceEventsAnswer> {
  const { clock, log, meter } = context;
  const parsed = parseRunRequest(event);
  if (!parsed.ok) {
    log.warn('The run request has faults', { faults: parsed.faults.length, statusCode: 400 });
    return failed(400, parsed.faults.join('; '), 0);
  }
  const startedAt = clock.now();
  const stopAt = startedAt + remainingMilliseconds() - ANSWER_MILLISECONDS;
  const totals: Totals = { sent: 0, accepted: 0, resent: 0, throttled: 0 };
  let answer: ProduceEventsAnswer;
  try {
    await run(parsed.request, stopAt, totals, context);
    answer = answerOf(totals);
  } catch (error) {
    log.error('The run broke off', error);
    const { errorName, errorCode } = errorFields(error);
    const code = error instanceof RecordStreamError ? error.code : (errorCode ?? errorName);
    const statusCode = error instanceof RecordStreamError ? statusOf(code) : 500;
    answer = failed(statusCode, `the run broke off: ${code}`, totals.accepted);
  }
  const unaccepted = totals.sent - totals.accepted;
  log.info('Events produced', {
    accepted: totals.accepted,
    unaccepted,
    resent: totals.resent,
    throttled: totals.throttled,
    milliseconds: clock.now() - startedAt,
    statusCode: answer.statusCode,
    ...(totals.lastCode === undefined ? {} : { errorCode: totals.lastCode }),
  });
  meter.add('RecordsAccepted', totals.accepted);
  meter.add('RecordsUnaccepted', unaccepted);
  meter.add('RecordsResent', totals.resent);
  meter.add('RecordsThrottled', totals.throttled);
  meter.publish();
  return answer;
}

function answerOf(totals: Totals): ProduceEventsAnswer {
  const { sent, accepted, permanentCode, lastCode } = totals;
  if (permanentCode !== undefined) {
    const reason = `the stream refuses records: ${permanentCode}`;
    return failed(statusOf(permanentCode), reason, accepted);
  }
  if (sent === 0) return failed(400, 'there was no time to send anything', 0);
  if (accepted === 0) {
    const code = lastCode ?? 'no answer in time';
    return failed(statusOf(code), `the stream accepted nothing: ${code}`, 0);
  }
  return succeeded(accepted);
}

async function run(
  request: RunRequest,
  stopAt: number,
  totals: Totals,
  context: ProduceEventsContext,
): Promise<void> {
  const { clock, sleep, stream, random } = context;
  const lastSend = stopAt + ANSWER_MILLISECONDS - MARGIN_MILLISECONDS;
  const endAt = Math.min(clock.now() + (request.seconds ?? Infinity) * 1000, lastSend);
  if (endAt <= clock.now()) return;

  let pace = paceOf(await stream.openShards(), request);
  let shardsReadAt = clock.now();
  const pacer = createPacer(clock, sleep, pace);
  const { seed, consentRatio } = request;
  const nextBatch = eventBatches(customerEvents({ clock, seed, consentRatio }), random);
  const ended = new AbortController();
  // Each batch under way may wait on it: Node would warn of a leak from eleven on.
  setMaxListeners(0, ended.signal);
  const delivery: DeliveryContext = { ...context, pacer, totals, signal: ended.signal };
  const underWay = new Underway(clock, sleep);
  const goesOn = () =>
    clock.now() < endAt && totals.permanentCode === undefined && underWay.fault === undefined;

  try {
    while (goesOn()) {
      if (clock.now() - shardsReadAt >= READ_SHARDS_EVERY_MILLISECONDS) {
        shardsReadAt = clock.now();
        pace = await grownPace(pace, request, context);
        pacer.change(pace);
      }
      const { records, bytes } = nextBatch(Math.ceil(pace.records / BATCHES_A_SECOND));
      await underWay.until(endAt, pacer.take(records.length, bytes, ended.signal));
      if (goesOn()) underWay.start(deliver(records, delivery));
      if (underWay.size >= MOST_UNDER_WAY) await underWay.oneSettles(endAt);
    }
    // What has no answer by then stays uncounted, so that the function answers before it is stopped.
    const giveUpAt = Math.min(endAt + MARGIN_MILLISECONDS - ANSWER_MILLISECONDS, stopAt);
    await underWay.allSettle(giveUpAt);
  } finally {
    ended.abort();
  }
  if (underWay.fault !== undefined) throw underWay.fault;
}

function paceOf(shards: number, request: RunRequest): Pace {
  // A stream that is just being made or resharded may show no open shard; it still has one soon.
  const open = Math.max(1, shards);
  return {
    records: Math.min(open * SHARD_PACE.records, request.ratePerSecond ?? Infinity),
    bytes: open * SHARD_PACE.bytes,
  };
}

async function grownPace(
  pace: Pace,
  request: RunRequest,
  { stream, log }: ProduceEventsContext,
): Promise<Pace> {
  try {
    return paceOf(await stream.openShards(), request);
  } catch (error) {
    log.error('The shards could not be counted again; the pace stays', error);
    return pace;
  }
}
