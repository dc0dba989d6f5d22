import * as z from 'zod';
import type { PurgePlan, PurgeState } from '../../lib/core/warehouse/snapshots/purge-snapshot.ts';

const plan = z.strictObject({
  snapshot: z.strictObject({
    id: z.string().min(1).max(255),
    takenAt: z.number(),
    retentionDays: z.number(),
    isManual: z.boolean(),
    tags: z.record(z.string(), z.string()),
  }),
  restoredId: z.string().min(1).max(63),
  freshId: z.string().min(1).max(255),
});

const state = z.union([
  z.strictObject({
    step: z.enum([
      ...(['restore', 'await-restore', 'delete', 'snapshot', 'await-snapshot', 'drop'] as const),
      'done',
    ]),
  }),
  z.strictObject({ step: z.literal('failed'), at: z.string() }),
]);

/** What the state machine asks: which snapshots, or one step of one of them. */
const purgeEvent = z.discriminatedUnion('work', [
  z.object({ work: z.literal('list') }),
  z.object({ work: z.literal('step'), plan, state }),
]);

export type PurgeEvent =
  | { readonly work: 'list' }
  | { readonly work: 'step'; readonly plan: PurgePlan; readonly state: PurgeState };

/** The machine was edited, or somebody called by hand with something else. */
class PurgeEventError extends Error {
  override readonly name = 'PurgeEventError';
}

/** @throws {PurgeEventError} */
export function readPurgeEvent(event: unknown): PurgeEvent {
  const parsed = purgeEvent.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new PurgeEventError(
    'The event must be {"work":"list"} or {"work":"step","plan":…,"state":…}: start the state machine',
  );
}
