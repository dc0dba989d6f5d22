import * as z from 'zod';

/** What the scheduler asks for. */
const watchEvent = z.object({ work: z.enum(['drive', 'survey', 'expire']) });

export type Work = z.infer<typeof watchEvent>['work'];

/** A schedule with another input than ours. */
class WatchEventError extends Error {
  override readonly name = 'WatchEventError';
}

/** @throws {WatchEventError} */
export function readWatchEvent(event: unknown): Work {
  const parsed = watchEvent.safeParse(event);
  if (parsed.success) return parsed.data.work;
  throw new WatchEventError(
    'The event must be {"work":"drive"}, {"work":"survey"} or {"work":"expire"}: mend the schedule',
  );
}
