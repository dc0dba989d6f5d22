import type { RunDependencies } from './dependencies.ts';
import { loadRun } from './saved-run.ts';

export type SettleOutcome =
  | { readonly kind: 'settled' }
  /** Data of before the orders may still land; ask again then. Milliseconds since the epoch. */
  | { readonly kind: 'waiting'; readonly until: number };

/** Whether everything has landed that was on its way when the run began. */
export async function settleRun(
  deps: Pick<RunDependencies, 'runs' | 'clock'>,
  runId: string,
): Promise<SettleOutcome> {
  const { settleUntil } = await loadRun(deps, runId);
  return deps.clock.now() >= settleUntil
    ? { kind: 'settled' }
    : { kind: 'waiting', until: settleUntil };
}
