import type { ArchiveNotes } from '../../ports/archive-notes.ts';
import type { ServiceCall, Services } from '../../ports/services.ts';
import { archiveServices, type ArchiveServicesOptions } from './archive-services.ts';
import { gatherPatiently, type Handover } from './patient-gather.ts';
import { lookPatiently } from './patient-look.ts';
import { hashCriteria } from './sealed-orders.ts';
import { subjectCriteria } from './subject-criteria.ts';

export interface PatientArchiveOptions extends ArchiveServicesOptions {
  readonly notes: ArchiveNotes;
  readonly handover: Handover;
  /** Hides criteria in certificates: that of the runs. */
  readonly hashKey: Uint8Array;
  /** How long a call may look or gather; one that is older has died, ms. What is left, the next does. */
  readonly longestLook: number;
}

/**
 * The archive as a store of the request engine, where looking through all of it takes longer than a
 * call may: what the subject's run has read and found clean is not read again, and a look whose caller
 * has gone leaves its answer, or how far it has come, for the next call. Whatever cannot be decided yet
 * has failed; never is it called absent. Rows that are gathered lie where the engine may fetch them, and a
 * gathering whose caller has gone goes on as well. See docs/adr/0024.
 */
export function patientArchive(options: PatientArchiveOptions): Services {
  return {
    call: async (call) => {
      if (call.operation === 'gather' && options.archive.format === 'jsonl') {
        const { lines } = subjectOf(options, call.identities);
        return lines.length === 0 ? { kind: 'no-data' } : gatherPatiently(options, call, lines);
      }
      const reply = await archiveServices(options).call(call);
      const hasEnded = reply.kind === 'done' || reply.kind === 'no-data';
      if (call.operation === 'erase' && hasEnded) await noteRun(options, call);
      return reply;
    },
    lookUp: async (_store, identities) => {
      const { lines, subject } = subjectOf(options, identities);
      return lines.length === 0 ? { kind: 'absent' } : lookPatiently(options, subject, lines);
    },
  };
}

/** Remembers that the subject's own run has read everything and found nothing left. */
async function noteRun(options: PatientArchiveOptions, call: ServiceCall): Promise<void> {
  const orderId = `${call.dsrId}/${call.taskId}`;
  const order = await options.orders.load(orderId);
  const run = order?.runId === undefined ? undefined : await options.runs.load(order.runId);
  if (run?.state !== 'done' || run.endedAt === undefined) return;
  const { subject } = subjectOf(options, call.identities);
  // Its certificate says whom it looked for: it must be those who are asked about now.
  const isTheirs = run.orders.some((each) => each.orderId === orderId && each.hash === subject);
  if (!isTheirs) return;
  const { runId, settleUntil, endedAt } = run;
  await options.notes.saveVerified(subject, { runId, since: settleUntil, endedAt });
}

function subjectOf(
  { dataMap, archive, hashKey }: PatientArchiveOptions,
  identities: ServiceCall['identities'],
): { readonly lines: readonly string[]; readonly subject: string } {
  const lines = subjectCriteria(dataMap, archive, identities);
  return { lines, subject: hashCriteria(hashKey, lines) };
}
