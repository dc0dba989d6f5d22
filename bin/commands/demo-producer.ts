import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { produceEvents } from '../../lambdas/produce-events/produce-events.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { RecordStream } from '../../lib/core/ports/record-stream.ts';
import { silence } from './demo-silence.ts';
import { CountedStream, malformedRecords } from './demo-source.ts';

/** The longest run that the producer may be asked for, s. */
const RUN_SECONDS = 900;

/**
 * Lets the producer function send so many events, some of them malformed. The function runs for a
 * time, not for a count: once the events are in, its clock says that the time is over.
 * @returns what the stream accepted.
 */
export async function produceDemoEvents(
  stream: RecordStream,
  clock: Clock,
  { events, seed, consentRatio }: { events: number; seed?: number; consentRatio: number },
): Promise<readonly Buffer[]> {
  const counted = new CountedStream(stream, events);
  const malformed = events > 1 ? malformedRecords(events).slice(0, events - 1) : [];
  for (const outcome of await counted.put(malformed)) {
    if (!outcome.ok) throw new Error(`the stream refused a record: ${outcome.code}`);
  }
  const leap = (RUN_SECONDS + 10) * 1000;
  const over = new AbortController();
  // Each of the function's sleeps listens, and many sleep at a time.
  setMaxListeners(0, over.signal);
  const { body } = await produceEvents(
    { seconds: RUN_SECONDS, consentRatio, ...(seed === undefined ? {} : { seed }) },
    () => 2 * leap,
    {
      stream: counted,
      clock: { now: () => clock.now() + (counted.isFull ? leap : 0) },
      sleep: (milliseconds) =>
        wait(milliseconds, undefined, { signal: over.signal }).catch(() => undefined),
      random: Math.random,
      ...silence,
    },
  );
  // The function leaves a timer behind, as a function may that ends with its answer.
  over.abort();
  if (!counted.isFull) {
    throw new Error(`the producer sent ${counted.accepted.length} of ${events} events: ${body}`);
  }
  return counted.accepted;
}
