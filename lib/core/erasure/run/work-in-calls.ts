import type { WorkNote } from '../../ports/archive-notes.ts';

/** Work in the hands of a call. */
export type WorkedOn<Progress> = Required<
  Pick<WorkNote<Progress, never>, 'startedAt' | 'workedSince' | 'progress'>
>;

/** Of the longest that a call may take, what is worked at most; the rest is for the object at hand. */
const WORKED = 0.75;

/** Until when a call works that began at a time (ms), before it leaves the rest to the next one. */
export function workUntil(startedAt: number, longest: number): number {
  return startedAt + longest * WORKED;
}

/** Whether another call is at it; one that is older than the longest has died. */
export function isWorkedOn(
  { workedSince }: Pick<WorkNote<unknown, unknown>, 'workedSince'>,
  now: number,
  longest: number,
): boolean {
  return workedSince !== undefined && now - workedSince < longest;
}

/**
 * What is noted when a call ends, with a reply or without. Work that failed goes on where it failed, once
 * somebody has seen to it.
 */
export function noteAtEnd<Progress, Reply extends { readonly kind: string }>(
  { startedAt, progress }: WorkedOn<Progress>,
  reply: Reply | undefined,
  now: number,
): WorkNote<Progress, Reply> {
  if (reply === undefined) return { startedAt, progress };
  const ended = { startedAt, reply, endedAt: now };
  return reply.kind === 'failed' ? { ...ended, progress } : ended;
}
