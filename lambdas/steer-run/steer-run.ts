import type { RunLease } from '../../lib/aws/archive/run-lease.ts';
import { concludeRun } from '../../lib/core/erasure/run/conclude-run.ts';
import { MOST_ROUNDS } from '../../lib/core/erasure/run/drive-run.ts';
import { extendWithin } from '../../lib/core/erasure/run/extend-run.ts';
import { planWithin } from '../../lib/core/erasure/run/plan-run.ts';
import type { RunRequest } from '../../lib/core/erasure/run/run.ts';
import { loadRun } from '../../lib/core/erasure/run/saved-run.ts';
import type { ServedArchive } from '../../lib/core/erasure/run/serve-orders.ts';
import { settleRun } from '../../lib/core/erasure/run/settle-run.ts';
import { weighRun } from '../../lib/core/erasure/run/weigh-run.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { Log } from '../runtime/log.ts';
import { closeOrders, collectOrders, type OrderDependencies } from '../runtime/run-orders.ts';
import { turnSchema, type Turn } from './turn.ts';

/** An event that is not the state machine's. */
class MalformedTurnError extends Error {
  override readonly name = 'MalformedTurnError';
}

/** A run ended without a state that it may end in. */
class UnendedRunError extends Error {
  override readonly name = 'UnendedRunError';
}

export interface SteerRunContext {
  readonly deps: OrderDependencies;
  readonly archive: ServedArchive;
  readonly lease: RunLease;
  /** Where manifests lie. */
  readonly files: Pick<ObjectStore, 'put'>;
  readonly log: Log;
  /** When this call must leave the rest of a listing to the next; ms since the epoch. */
  readonly until: number;
}

/** A run in the hands of an execution. */
interface Held {
  readonly runId: string;
  readonly execution: string;
}

/** In the place of a manifest's key, where there is none. */
const NONE = 'none';

/** Does what of a run is not the work on one batch, and says what comes next. Twice is once. */
export async function steerRun(event: unknown, context: SteerRunContext): Promise<Turn> {
  const read = turnSchema.safeParse(event);
  if (!read.success) throw new MalformedTurnError('The event is no turn of a run.');
  const turn = read.data;
  switch (turn.step) {
    case 'begin':
      return begin(context, turn.execution);
    case 'plan':
      return plan(context, turn, await loadRun(context.deps, turn.runId));
    case 'weigh':
      return weigh(context, turn, turn.manifest);
    case 'settle':
      return settle(context, turn, turn.manifest);
    case 'conclude':
      return conclude(context, turn);
  }
}

async function begin(context: SteerRunContext, execution: string): Promise<Turn> {
  const { deps, archive, lease } = context;
  if (!(await lease.take(execution))) {
    return { runId: NONE, next: 'end', manifest: NONE, state: 'elsewhere' };
  }
  const request = await collectOrders(deps, archive);
  if (request === undefined) {
    await lease.release(execution);
    return { runId: NONE, next: 'end', manifest: NONE, state: 'nothing' };
  }
  return plan(context, { runId: request.runId, execution }, request);
}

async function plan(context: SteerRunContext, held: Held, request: RunRequest): Promise<Turn> {
  const { deps, log, until } = context;
  const { runId } = held;
  const planned = await planWithin(deps, request, until);
  if (planned === undefined) return { runId, next: 'plan', manifest: NONE };
  const { state } = await loadRun(deps, runId);
  if (state !== 'working') return end(context, held);
  const { batches } = planned;
  log.info('A run begins', { records: batches.length });
  if (batches.length === 0) return settle(context, held, NONE);
  return { runId, next: 'find', manifest: await writeManifest(context, runId, 'plan', batches) };
}

async function weigh(context: SteerRunContext, held: Held, manifest: string): Promise<Turn> {
  const { kind } = await weighRun(context.deps, held.runId);
  return kind === 'stopped' ? end(context, held) : { runId: held.runId, next: 'forget', manifest };
}

async function settle(context: SteerRunContext, held: Held, manifest: string): Promise<Turn> {
  const { deps, until } = context;
  const { runId } = held;
  const settled = await settleRun(deps, runId);
  if (settled.kind === 'waiting') {
    return { runId, next: 'wait', manifest, until: new Date(settled.until).toISOString() };
  }
  const { round } = await loadRun(deps, runId);
  if (round < MOST_ROUNDS) {
    const extended = await extendWithin(deps, runId, until);
    if (extended === undefined) return { runId, next: 'settle', manifest: NONE };
    const { batches } = extended;
    if (batches.length > 0) {
      const more = await writeManifest(context, runId, `round-${round}`, batches);
      return { runId, next: 'find', manifest: more };
    }
  }
  const { batches } = await loadRun(deps, runId);
  if (batches === 0) return conclude(context, held);
  const all = Array.from({ length: batches }, (_, batch) => batch);
  return { runId, next: 'verify', manifest: await writeManifest(context, runId, 'all', all) };
}

async function conclude(context: SteerRunContext, held: Held): Promise<Turn> {
  await concludeRun(context.deps, held.runId);
  return end(context, held);
}

async function end(context: SteerRunContext, { runId, execution }: Held): Promise<Turn> {
  const { deps, lease, log } = context;
  const { state } = await loadRun(deps, runId);
  if (state === 'planning' || state === 'working') {
    throw new UnendedRunError('a run that goes on cannot be ended');
  }
  await closeOrders(deps, runId);
  await lease.release(execution);
  if (state === 'done') log.info('A run is done');
  else log.warn('A run ended without being done');
  return { runId, next: 'end', manifest: NONE, state };
}

async function writeManifest(
  { files }: SteerRunContext,
  runId: string,
  name: string,
  batches: readonly number[],
): Promise<string> {
  const key = `manifests/${runId}/${name}.jsonl`;
  const lines = batches.map((batch) => `${JSON.stringify({ batch })}\n`).join('');
  await files.put(key, Buffer.from(lines));
  return key;
}
