import type { DynamoDBBatchResponse } from 'aws-lambda';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import type { RequestStore } from '../../lib/core/ports/request-store.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { batchAnswer, type Verdict } from '../runtime/stream-batch.ts';
import { readTableEvent, type TableChange } from '../runtime/table-changes.ts';
import type { AuditArchive } from './audit-archive.ts';

export interface ExportAuditContext {
  archive: AuditArchive;
  requests: Pick<RequestStore, 'auditTrail'>;
  /** Which audit entry an item of the table is; undefined for everything else. */
  auditEntryOf: (item: NonNullable<TableChange['item']>) => AuditEntry | undefined;
  log: Log;
  meter: Meter;
}

interface Tally {
  exported: number;
  gaps: number;
  conflicts: number;
}

/** What one invocation works with. */
interface Export extends Pick<ExportAuditContext, 'archive' | 'requests' | 'log'> {
  tally: Tally;
  /** Places known to be in the archive, so that a chain's next entry need not ask for them. */
  there: Set<string>;
}

/**
 * Copies audit entries to where nobody can change them any more, entry by entry under the name of its
 * place in the chain. An entry whose predecessor is not there has the chain's earlier ones fetched
 * from the table: a stream forgets after a day, an outage may last longer. What is missing there too,
 * or stands there otherwise, is counted for the alarms and never written over.
 * @param event a DynamoDB stream event of the requests table
 */
export async function exportAudit(
  event: unknown,
  context: ExportAuditContext,
): Promise<DynamoDBBatchResponse> {
  const { auditEntryOf, log, meter } = context;
  const changes = readTableEvent(event);
  const tally: Tally = { exported: 0, gaps: 0, conflicts: 0 };
  const run: Export = { ...context, tally, there: new Set() };
  const verdicts: Verdict[] = [];
  for (const { item } of changes) {
    const entry = readEntry(item, auditEntryOf, run);
    verdicts.push(entry === undefined ? { kind: 'done' } : await take(entry, run));
  }
  log.info('Audit entries exported', { records: changes.length, ...tally });
  meter.add('AuditEntriesExported', tally.exported);
  meter.add('AuditGaps', tally.gaps);
  meter.add('AuditConflicts', tally.conflicts);
  meter.publish();
  return batchAnswer(changes, verdicts);
}

/** What looks like an entry and is none is an alarm, and must not keep the others. */
function readEntry(
  item: TableChange['item'],
  auditEntryOf: ExportAuditContext['auditEntryOf'],
  { tally, log }: Export,
): AuditEntry | undefined {
  try {
    return item === undefined ? undefined : auditEntryOf(item);
  } catch (error) {
    log.error('An audit entry of the table cannot be read', error);
    tally.conflicts += 1;
    return undefined;
  }
}

async function take(entry: AuditEntry, run: Export): Promise<Verdict> {
  try {
    const before = { dsrId: entry.dsrId, seq: entry.seq - 1 };
    const isThere =
      before.seq === 0 || run.there.has(placeOf(before)) || (await run.archive.has(before));
    if (!isThere) await fillUpTo(entry, run);
    await add(entry, run);
    return { kind: 'done' };
  } catch (error) {
    run.log.error('An audit entry could not be exported', error);
    return { kind: 'again', code: 'not-exported' };
  }
}

/** Fetches what comes before an entry; a place that is found nowhere is a gap. */
async function fillUpTo({ dsrId, seq }: AuditEntry, run: Export): Promise<void> {
  let next = 1;
  for await (const earlier of run.requests.auditTrail(dsrId)) {
    if (earlier.seq >= seq) break;
    run.tally.gaps += Math.max(0, earlier.seq - next);
    await add(earlier, run);
    next = earlier.seq + 1;
  }
  run.tally.gaps += seq - next;
}

async function add(entry: AuditEntry, { archive, tally, there }: Export): Promise<void> {
  const outcome = await archive.add(entry);
  if (outcome === 'added') tally.exported += 1;
  if (outcome === 'conflict') tally.conflicts += 1;
  there.add(placeOf(entry));
}

function placeOf({ dsrId, seq }: Pick<AuditEntry, 'dsrId' | 'seq'>): string {
  return `${dsrId}/${seq}`;
}
