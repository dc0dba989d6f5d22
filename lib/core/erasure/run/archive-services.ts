import type { ArchiveStore, DataMap } from '../../data-map/schema.ts';
import type { ErasureOrder, ErasureOrders } from '../../ports/erasure-orders.ts';
import type { ServiceCall, ServiceReply, Services } from '../../ports/services.ts';
import type { RunDependencies } from './dependencies.ts';
import type { Run, RunPlace } from './run.ts';
import { sealCriteria } from './sealed-orders.ts';
import { subjectCriteria } from './subject-criteria.ts';
import { gatherRows, lookUpRows } from './subject-rows.ts';

export interface ArchiveServicesOptions extends Pick<
  RunDependencies,
  'objects' | 'runs' | 'keys' | 'clock' | 'random' | 'filters'
> {
  readonly orders: ErasureOrders;
  readonly dataMap: DataMap;
  /** Name in the data map. */
  readonly store: string;
  readonly archive: ArchiveStore;
  readonly places: readonly RunPlace[];
  /** How soon an order that is under way is asked about again, ms. */
  readonly pollEvery: number;
  /** Told of a new order. */
  readonly onOrder: () => void;
}

/**
 * The archive as a store of the request engine: an erasure becomes an order that the next run serves,
 * together with all others that wait. The same for any archive, on this machine or in S3.
 */
export function archiveServices(options: ArchiveServicesOptions): Services {
  const { dataMap, archive } = options;
  const criteriaOf = (identities: ServiceCall['identities']): readonly string[] =>
    subjectCriteria(dataMap, archive, identities);
  return {
    call: async (call) => {
      const lines = criteriaOf(call.identities);
      if (lines.length === 0) return { kind: 'no-data' };
      if (call.operation === 'erase') return erase(options, call, lines);
      if (call.operation === 'gather' && archive.format === 'jsonl') {
        return gatherRows(options, lines);
      }
      return { kind: 'failed', code: 'operation', retryable: false };
    },
    lookUp: async (_store, identities) => {
      const lines = criteriaOf(identities);
      return lines.length === 0 ? { kind: 'absent' } : lookUpRows(options, lines);
    },
  };
}

async function erase(
  options: ArchiveServicesOptions,
  call: ServiceCall,
  lines: readonly string[],
): Promise<ServiceReply> {
  const { orders, runs, clock } = options;
  const orderId = `${call.dsrId}/${call.taskId}`;
  const underWay = { kind: 'accepted', checkAt: clock.now() + options.pollEvery } as const;
  const known = await orders.load(orderId);
  if (known === undefined || known.attempt > call.attempt) {
    if (known !== undefined) return { kind: 'fenced' };
    await open(options, call, lines, undefined);
    return underWay;
  }
  const run = known.runId === undefined ? undefined : await runs.load(known.runId);
  const reply = run === undefined ? undefined : replyOf(run, orderId);
  if (reply === undefined) return underWay;
  if (reply.kind !== 'failed' || call.attempt === known.attempt) return reply;
  await open(options, call, lines, known);
  return underWay;
}

async function open(
  options: ArchiveServicesOptions,
  { dsrId, taskId, attempt }: ServiceCall,
  lines: readonly string[],
  known: ErasureOrder | undefined,
): Promise<void> {
  const order = { orderId: `${dsrId}/${taskId}`, attempt };
  const criteria = await sealCriteria(options, order, lines);
  // A conflict: another delivery of the same call was faster.
  await options.orders.save({
    ...order,
    version: (known?.version ?? 0) + 1,
    store: options.store,
    receivedAt: options.clock.now(),
    criteria,
  });
  options.onOrder();
}

/** What a run says of an order; undefined while it goes on. */
function replyOf(run: Run, orderId: string): ServiceReply | undefined {
  const { state, totals, certificate, undo, undoUntil } = run;
  if (state === 'planning' || state === 'working') return undefined;
  if (state === 'stopped') return { kind: 'failed', code: 'guard-stopped', retryable: false };
  if (state === 'incomplete') return { kind: 'failed', ...whyIncomplete(run) };
  const affected = totals?.byOrder[orderId] ?? 0;
  // What only lies in rows that nobody can read was held all the same, and is until they expire.
  const suspected = totals?.suspectedByOrder[orderId] ?? 0;
  if (affected + suspected === 0) return { kind: 'no-data' };
  const expireAt = totals?.expireAt;
  return {
    kind: 'done',
    affected,
    ...(expireAt !== undefined && { backupsExpireAt: expireAt }),
    ...(undo === 'open' && undoUntil !== undefined && { undoableUntil: undoUntil }),
    ...(certificate !== undefined && { certificate: `${certificate.key}#${certificate.hash}` }),
  };
}

function whyIncomplete({ totals }: Run): { code: string; retryable: boolean } {
  if (totals === undefined) return { code: 'incomplete', retryable: true };
  if (totals.failed > 0) return { code: 'objects-failed', retryable: true };
  if (totals.residue > 0) return { code: 'others-keep-writing', retryable: true };
  if (totals.locked > 0) return { code: 'version-locked', retryable: false };
  if (totals.archived > 0) return { code: 'version-archived', retryable: false };
  if (totals.corrupt > 0) return { code: 'object-corrupt', retryable: false };
  return { code: 'rows-unparsable', retryable: false };
}
