import type { Clock } from '../../lib/core/ports/clock.ts';
import type { DeliveredObject } from '../../lib/local/delivery-stream.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DemoOptions } from './demo.ts';
import { checkArchive } from './demo-check.ts';
import { ExpectedRecords } from './demo-expected.ts';
import type { DemoPipeline } from './demo-pipeline.ts';
import { produceDemoEvents } from './demo-producer.ts';
import type { DemoReport } from './demo-report.ts';

/** Sends events through the filter into the archive, and checks what lies there. */
export async function sendAndCheck(
  options: DemoOptions,
  directory: string,
  pipeline: DemoPipeline,
  { clock, terminal }: { clock: Clock; terminal: Terminal },
): Promise<DemoReport> {
  const leftByEarlierRun = await deliverLeftovers(pipeline);
  const progress = startProgress(terminal, {
    label: 'delivering',
    noun: 'events',
    total: options.events,
  });
  const objects: DeliveredObject[] = [];
  let through = 0;
  const sent = new AbortController();
  const started = performance.now();
  const delivering = pipeline.deliver(
    {
      transformed: ({ ok, dropped, failed }) => {
        through += ok + dropped + failed;
        progress.update(through);
      },
      delivered: (object) => void objects.push(object),
    },
    sent.signal,
  );
  try {
    const [events] = await Promise.all([
      produceDemoEvents(pipeline.stream, clock, options).finally(() => {
        sent.abort();
      }),
      delivering,
    ]);
    const milliseconds = performance.now() - started;
    progress.finish(through);
    const expected = new ExpectedRecords(events, pipeline.events);
    const check = await checkArchive(expected, objects, pipeline.folder);
    const leftInStream = await countRecords(pipeline);
    const accepted = events.length;
    return { directory, accepted, leftByEarlierRun, leftInStream, check, objects, milliseconds };
  } catch (error) {
    progress.abandon();
    await delivering.catch(() => undefined);
    throw error;
  }
}

/** A demo that was cut short left events in the stream: they are delivered, and not lost. */
async function deliverLeftovers(pipeline: DemoPipeline): Promise<number> {
  let count = 0;
  const transformed = ({ ok, dropped, failed }: Record<'ok' | 'dropped' | 'failed', number>) => {
    count += ok + dropped + failed;
  };
  await pipeline.deliver({ transformed }, AbortSignal.abort());
  return count;
}

async function countRecords({ stream }: DemoPipeline): Promise<number> {
  let count = 0;
  for (const reader of stream.readers()) {
    for (let some = await reader.read(); some.length > 0; some = await reader.read()) {
      count += some.length;
    }
  }
  return count;
}
