import { driveRequest, type DriveDependencies } from './drive-request.ts';

export interface WatchSummary {
  readonly driven: number;
  /** Requests that could not be driven now; the next round tries again. */
  readonly failed: readonly string[];
}

/** The timer: drives every request that waits for its time, and those with an outbox left over. */
export async function watchDeadlines(
  deps: DriveDependencies,
  limit: number,
): Promise<WatchSummary> {
  const due = await deps.requests.dueForWaking(deps.clock.now(), limit);
  const unsent = await deps.requests.withOutbox(limit);
  const failed: string[] = [];
  const ids = new Set([...due, ...unsent]);
  for (const dsrId of ids) {
    try {
      const outcome = await driveRequest(deps, dsrId);
      if (outcome.kind === 'refused' && outcome.refusal.code === 'busy') failed.push(dsrId);
    } catch {
      // One request's fault must not keep the others waiting; its message may quote the subject.
      failed.push(dsrId);
    }
  }
  return { driven: ids.size - failed.length, failed };
}
