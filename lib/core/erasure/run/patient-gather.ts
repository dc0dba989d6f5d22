import { Buffer } from 'node:buffer';

import type { ArchiveNotes, GatherNote } from '../../ports/archive-notes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceCall, ServiceReply } from '../../ports/services.ts';
import { FedPut } from './fed-put.ts';
import { gatherInto, type GatherSearch } from './subject-rows.ts';

/** Where rows are put for the engine to fetch, and forgotten by themselves after a day or two. */
export interface Handover {
  readonly objects: Pick<ObjectStore, 'put'>;
  /** The URL by which the engine finds an object. */
  locationOf(key: string): string;
}

export interface PatientGatherOptions extends GatherSearch {
  readonly notes: Pick<ArchiveNotes, 'gathering' | 'saveGathering'>;
  readonly handover: Handover;
  readonly clock: Clock;
  /** How long a gathering may take; one that is older has died, ms. */
  readonly longestLook: number;
}

/** How soon a gathering that goes on is asked about again, ms. */
const ASK_AGAIN = 60_000;
/** The rows stay for a day at least; whoever is told of them has an hour to fetch them. */
const ROWS_HOLD = 20 * 60 * 60 * 1_000;

const MEDIA_TYPE = 'application/x-ndjson';

/** Nobody needs what was put so far. */
class NothingGathered extends Error {
  override readonly name = 'NothingGathered';
}

/**
 * Gathers a subject's rows, however many and however long it takes: whoever asks again while it goes
 * on is told so, and afterwards where the rows are.
 */
export async function gatherPatiently(
  options: PatientGatherOptions,
  { dsrId, taskId }: Pick<ServiceCall, 'dsrId' | 'taskId'>,
  lines: readonly string[],
): Promise<ServiceReply> {
  const { notes, clock } = options;
  const task = `${dsrId}/${taskId}`;
  const startedAt = clock.now();
  const last = await notes.gathering(task);
  const known = last === undefined ? undefined : answerOf(last, startedAt, options);
  if (known !== undefined) return known;

  await notes.saveGathering(task, { startedAt });
  let reply: GatherNote['reply'] = { kind: 'failed', code: 'gathering-threw', retryable: true };
  try {
    reply = await gather(options, lines);
  } finally {
    await notes.saveGathering(task, { startedAt, reply });
  }
  return reply;
}

/** What an earlier call has come to; undefined when it is to be done anew. */
function answerOf(
  { startedAt, reply }: GatherNote,
  now: number,
  { longestLook }: Pick<PatientGatherOptions, 'longestLook'>,
): ServiceReply | undefined {
  const age = now - startedAt;
  if (reply === undefined) {
    return age < longestLook ? { kind: 'accepted', checkAt: now + ASK_AGAIN } : undefined;
  }
  return reply.kind !== 'failed' && age < ROWS_HOLD ? reply : undefined;
}

async function gather(
  { handover, ...search }: PatientGatherOptions,
  lines: readonly string[],
): Promise<NonNullable<GatherNote['reply']>> {
  // A name that tells nothing, and of this call alone: two that run at once do not meet.
  const key = `rows/${Buffer.from(search.random.bytes(16)).toString('hex')}.ndjson`;
  const rows = new FedPut((body) => handover.objects.put(key, body, { contentType: MEDIA_TYPE }));
  let outcome;
  try {
    outcome = await gatherInto(search, lines, rows.body);
  } catch (error) {
    await rows.abandon(error instanceof Error ? error : new NothingGathered());
    throw error;
  }
  if (outcome.kind !== 'done') {
    await rows.abandon(new NothingGathered());
    return outcome;
  }
  await rows.close();
  const location = handover.locationOf(key);
  return { ...outcome, data: { kind: 'reference', location, mediaType: MEDIA_TYPE } };
}
