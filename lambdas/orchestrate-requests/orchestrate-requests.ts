import type { DynamoDBBatchResponse } from 'aws-lambda';
import {
  driveRequest,
  type DriveDependencies,
} from '../../lib/core/requests/verbs/drive-request.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { batchAnswer, type Verdict } from '../runtime/stream-batch.ts';
import { readTableEvent, type TableChange } from '../runtime/table-changes.ts';

export interface OrchestrateContext {
  deps: DriveDependencies;
  /** Which request an item of the table is; undefined for audit entries, claims and the like. */
  requestIdOf: (item: NonNullable<TableChange['item']>) => string | undefined;
  log: Log;
  meter: Meter;
}

/** Not begun with less: a request may have a package to build, or a callback that does not answer. */
const MARGIN = 60_000;

/**
 * Drives each request that was written, once for all of its writes in a batch: orchestrates, relays
 * its outbox, concludes, closes. The watcher does the same for whatever fails here for good.
 * @param event a DynamoDB stream event of the requests table
 * @param remainingMilliseconds until the function is ended
 */
export async function orchestrateRequests(
  event: unknown,
  remainingMilliseconds: () => number,
  context: OrchestrateContext,
): Promise<DynamoDBBatchResponse> {
  const { requestIdOf, log, meter } = context;
  const changes = readTableEvent(event);
  const ids = changes.map(({ item }) => (item === undefined ? undefined : requestIdOf(item)));
  const outcomes = new Map<string, Verdict>();
  for (const dsrId of ids) {
    if (dsrId === undefined || outcomes.has(dsrId)) continue;
    outcomes.set(
      dsrId,
      remainingMilliseconds() < MARGIN
        ? { kind: 'again', code: 'out-of-time' }
        : await drive(dsrId, context),
    );
  }
  const all = [...outcomes.values()];
  const failed = all.filter(({ kind }) => kind !== 'done').length;
  log.info('Requests driven', { records: changes.length, driven: all.length - failed, failed });
  meter.add('RequestsDriven', all.length - failed);
  meter.add('RequestsFailed', failed);
  meter.publish();
  const verdicts = ids.map(
    (dsrId): Verdict => (dsrId === undefined ? undefined : outcomes.get(dsrId)) ?? { kind: 'done' },
  );
  return batchAnswer(changes, verdicts);
}

async function drive(
  dsrId: string,
  { deps, log }: Pick<OrchestrateContext, 'deps' | 'log'>,
): Promise<Verdict> {
  try {
    const outcome = await driveRequest(deps, dsrId);
    const isBusy = outcome.kind === 'refused' && outcome.refusal.code === 'busy';
    return isBusy ? { kind: 'again', code: 'busy' } : { kind: 'done' };
  } catch (error) {
    log.error('A request could not be driven', error);
    return { kind: 'again', code: 'drive-threw' };
  }
}
