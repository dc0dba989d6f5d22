import type { ArchiveNotes, LookNote, VerifiedNote } from '../../ports/archive-notes.ts';
import type { LookUpReply, ServiceCall, Services } from '../../ports/services.ts';
import { archiveServices, type ArchiveServicesOptions } from './archive-services.ts';
import { gatherPatiently, type Handover } from './patient-gather.ts';
import { hashCriteria } from './sealed-orders.ts';
import { subjectCriteria } from './subject-criteria.ts';
import { lookUpRows } from './subject-rows.ts';

export interface PatientArchiveOptions extends ArchiveServicesOptions {
  readonly notes: ArchiveNotes;
  readonly handover: Handover;
  /** Hides criteria in certificates: that of the runs. */
  readonly hashKey: Uint8Array;
  /** How long a look or a gathering may take; one that is older has died, ms. */
  readonly longestLook: number;
}

const HOUR = 60 * 60 * 1_000;
/** An answer holds until the engine asks again, which it does half an hour after it got none. */
const ANSWER_HOLDS = HOUR;
/** What a run has read is not read again for so long after its end. */
const RUN_HOLDS = 24 * HOUR;
/** An object's time is when its upload began, which may end after the run's last listing. */
const LONGEST_UPLOAD = HOUR;

/**
 * The archive as a store of the request engine, where looking through all of it takes longer than a
 * call may: what the subject's run has read and found clean is not read again, and a look whose caller
 * has gone leaves its answer for the next call. Whatever cannot be decided yet has failed; never is it
 * called absent. Rows that are gathered lie where the engine may fetch them, and a gathering whose caller
 * has gone goes on as well. See docs/adr/0024.
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
    lookUp: (_store, identities) => lookUp(options, identities),
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

async function lookUp(
  options: PatientArchiveOptions,
  identities: ServiceCall['identities'],
): Promise<LookUpReply> {
  const { notes, clock } = options;
  const { lines, subject } = subjectOf(options, identities);
  if (lines.length === 0) return { kind: 'absent' };
  const [verified, last] = await Promise.all([notes.verified(subject), notes.look(subject)]);
  const startedAt = clock.now();
  const known = last === undefined ? undefined : answerOf(last, verified, startedAt, options);
  if (known !== undefined) return known;

  await notes.saveLook(subject, { startedAt });
  const read = isFresh(verified, startedAt) ? { since: verified.since - LONGEST_UPLOAD } : {};
  let reply: LookUpReply = { kind: 'failed', code: 'look-up-threw' };
  try {
    reply = await lookUpRows({ ...options, ...read }, lines);
  } finally {
    await notes.saveLook(subject, { startedAt, reply });
  }
  return reply;
}

/** What an earlier look says; undefined when a new one is needed. */
function answerOf(
  { startedAt, reply }: LookNote,
  verified: VerifiedNote | undefined,
  now: number,
  { longestLook }: Pick<PatientArchiveOptions, 'longestLook'>,
): LookUpReply | undefined {
  // Begun before the erasure had ended: it says nothing of the time after.
  if (verified !== undefined && startedAt < verified.endedAt) return undefined;
  const age = now - startedAt;
  if (reply === undefined) {
    return age < longestLook ? { kind: 'failed', code: 'look-up-goes-on' } : undefined;
  }
  return reply.kind !== 'failed' && age < ANSWER_HOLDS ? reply : undefined;
}

function isFresh(verified: VerifiedNote | undefined, now: number): verified is VerifiedNote {
  return verified !== undefined && now - verified.endedAt < RUN_HOLDS;
}

function subjectOf(
  { dataMap, archive, hashKey }: PatientArchiveOptions,
  identities: ServiceCall['identities'],
): { readonly lines: readonly string[]; readonly subject: string } {
  const lines = subjectCriteria(dataMap, archive, identities);
  return { lines, subject: hashCriteria(hashKey, lines) };
}
