import { Buffer } from 'node:buffer';

import type { ArchiveNotes, GatherNote, GatherProgress } from '../../ports/archive-notes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceCall, ServiceReply } from '../../ports/services.ts';
import { FedPut } from './fed-put.ts';
import type { VersionSearch } from './search-versions.ts';
import { BEGINNING, gatherInto, type GatherOutcome } from './subject-rows.ts';
import { isWorkedOn, noteAtEnd, workUntil, type WorkedOn } from './work-in-calls.ts';

/** Where rows are put for the engine to fetch, and forgotten by themselves after a day or two. */
export interface Handover {
  readonly objects: Pick<ObjectStore, 'put' | 'get'>;
  /** The URL by which the engine finds an object. */
  locationOf(key: string): string;
}

export interface PatientGatherOptions extends Omit<VersionSearch, 'since' | 'latest'> {
  readonly notes: Pick<ArchiveNotes, 'gathering' | 'saveGathering'>;
  readonly handover: Handover;
  readonly clock: Clock;
  /** How long a call may take; one that is older has died, ms. */
  readonly longestLook: number;
}

type GatherReply = NonNullable<GatherNote['reply']>;

const MINUTE = 60_000;
/** How soon a gathering that goes on is asked about again, ms. */
const ASK_AGAIN = MINUTE;
/** The rows stay for a day at least; whoever is told of them has an hour to fetch them. */
const ROWS_HOLD = 20 * 60 * MINUTE;
/** Parts are put anew after so long: they must be there as long as the gathering goes on, ms. */
const RENEWED_AFTER = 8 * 60 * MINUTE;
/** Rows are put aside after so long, so that no more is lost if the call dies, ms. */
const PART = 2 * MINUTE;

const MEDIA_TYPE = 'application/x-ndjson';
const NOTHING_GATHERED: GatherProgress = { position: BEGINNING, affected: 0, parts: [] };

/** Nobody needs what was put so far. */
class NothingGathered extends Error {
  override readonly name = 'NothingGathered';
}

/** Rows that were put aside earlier are no longer there. */
class PartGone extends Error {
  override readonly name = 'PartGone';
}

/**
 * Gathers a subject's rows, however many and however long it takes: a call works for its time, and the
 * next goes on where it has come to or died. Whoever asks again while it goes on is told so, and
 * afterwards where the rows are: those that were there when the gathering came by.
 */
export async function gatherPatiently(
  options: PatientGatherOptions,
  { dsrId, taskId }: Pick<ServiceCall, 'dsrId' | 'taskId'>,
  lines: readonly string[],
): Promise<ServiceReply> {
  const task = `${dsrId}/${taskId}`;
  const now = options.clock.now();
  const last = await options.notes.gathering(task);
  const known = last === undefined ? undefined : answerOf(last, now, options);
  if (known !== undefined) return known;

  const resumed = last === undefined ? undefined : whatLasts(last, now);
  return new Gathering(options, task, lines, {
    startedAt: resumed === undefined ? now : last!.startedAt,
    workedSince: now,
    progress: resumed ?? NOTHING_GATHERED,
  }).work();
}

/** How far an earlier call has come, unless what it put aside is about to expire. */
function whatLasts({ progress }: GatherNote, now: number): GatherProgress | undefined {
  if (progress?.putSince === undefined) return progress;
  return now - progress.putSince < ROWS_HOLD ? progress : undefined;
}

/** What an earlier call has come to; undefined when there is work to do. */
function answerOf(
  note: GatherNote,
  now: number,
  { longestLook }: PatientGatherOptions,
): ServiceReply | undefined {
  const { reply, endedAt = note.startedAt } = note;
  if (reply === undefined) {
    return isWorkedOn(note, now, longestLook) ? askAgain(now) : undefined;
  }
  return reply.kind !== 'failed' && now - endedAt < ROWS_HOLD ? reply : undefined;
}

function askAgain(now: number): ServiceReply {
  return { kind: 'accepted', checkAt: now + ASK_AGAIN };
}

/** A gathering in the call that works on it. */
class Gathering {
  readonly #options: PatientGatherOptions;
  readonly #task: string;
  readonly #lines: readonly string[];
  readonly #until: number;
  #note: WorkedOn<GatherProgress>;

  constructor(
    options: PatientGatherOptions,
    task: string,
    lines: readonly string[],
    note: WorkedOn<GatherProgress>,
  ) {
    this.#options = options;
    this.#task = task;
    this.#lines = lines;
    this.#note = note;
    this.#until = workUntil(note.workedSince, options.longestLook);
  }

  async work(): Promise<ServiceReply> {
    await this.#save(this.#note);
    let reply: GatherReply | undefined = {
      kind: 'failed',
      code: 'gathering-threw',
      retryable: true,
    };
    try {
      reply = await this.#gather();
    } finally {
      await this.#save(noteAtEnd(this.#note, reply, this.#options.clock.now()));
    }
    return reply ?? askAgain(this.#options.clock.now());
  }

  /** Undefined when the time is over. */
  async #gather(): Promise<GatherReply | undefined> {
    try {
      await this.#renew();
      return await this.#gatherOn();
    } catch (error) {
      if (!(error instanceof PartGone)) throw error;
      this.#note = { ...this.#note, progress: NOTHING_GATHERED };
      return { kind: 'failed', code: 'rows-expired', retryable: true };
    }
  }

  /** Puts anew what would expire before the gathering comes to its end. */
  async #renew(): Promise<void> {
    const { progress } = this.#note;
    const { parts, putSince } = progress;
    const now = this.#options.clock.now();
    if (putSince === undefined || now - putSince < RENEWED_AFTER) return;
    const key = await this.#join(parts);
    this.#note = { ...this.#note, progress: { ...progress, parts: [key], putSince: now } };
    await this.#save(this.#note);
  }

  async #gatherOn(): Promise<GatherReply | undefined> {
    for (;;) {
      const { outcome, key } = await this.#part();
      if (outcome.kind === 'failed') return outcome;
      const { affected, parts, position, putSince } = this.#note.progress;
      const isFirst = parts.length === 0 && key !== undefined;
      const progress = {
        position: outcome.kind === 'stopped' ? outcome.position : position,
        affected: affected + outcome.affected,
        parts: key === undefined ? parts : [...parts, key],
        putSince: isFirst ? this.#options.clock.now() : putSince,
      };
      if (outcome.kind === 'done') return this.#handOver(progress);
      this.#note = { ...this.#note, progress };
      if (this.#options.clock.now() >= this.#until) return undefined;
      await this.#save(this.#note);
    }
  }

  /** Puts some rows aside; no key if there was none. */
  async #part(): Promise<{ outcome: GatherOutcome; key?: string }> {
    const { clock } = this.#options;
    const until = Math.min(clock.now() + PART, this.#until);
    const { key, rows } = this.#putRows();
    let outcome;
    try {
      outcome = await gatherInto(this.#options, this.#lines, rows.body, {
        from: this.#note.progress.position,
        passed: () => clock.now() >= until,
      });
    } catch (error) {
      await rows.abandon(causeOf(error));
      throw error;
    }
    if (outcome.kind === 'failed' || outcome.affected === 0) {
      await rows.abandon(new NothingGathered());
      return { outcome };
    }
    await rows.close();
    return { outcome, key };
  }

  async #handOver({ affected, parts }: GatherProgress): Promise<GatherReply> {
    const [first] = parts;
    if (first === undefined) return { kind: 'no-data' };
    const { startedAt, workedSince } = this.#note;
    // What an earlier call put aside expires sooner than the answer lasts.
    const isOneAndNew = parts.length === 1 && startedAt === workedSince;
    const key = isOneAndNew ? first : await this.#join(parts);
    const location = this.#options.handover.locationOf(key);
    const data = { kind: 'reference', location, mediaType: MEDIA_TYPE } as const;
    return { kind: 'done', affected, data };
  }

  /** One object of all parts, which expire by themselves. */
  async #join(parts: readonly string[]): Promise<string> {
    const { key, rows } = this.#putRows();
    try {
      for (const part of parts) {
        const stored = await this.#options.handover.objects.get(part);
        if (stored === undefined) throw new PartGone();
        for await (const chunk of stored.body) await rows.body.write(chunk);
      }
    } catch (error) {
      await rows.abandon(causeOf(error));
      throw error;
    }
    await rows.close();
    return key;
  }

  /** Under a name that tells nothing, and of this call alone: two that run at once do not meet. */
  #putRows(): { key: string; rows: FedPut<unknown> } {
    const { handover, random } = this.#options;
    const key = `rows/${Buffer.from(random.bytes(16)).toString('hex')}.ndjson`;
    const options = { contentType: MEDIA_TYPE };
    return { key, rows: new FedPut((body) => handover.objects.put(key, body, options)) };
  }

  #save(note: GatherNote): Promise<void> {
    return this.#options.notes.saveGathering(this.#task, note);
  }
}

function causeOf(error: unknown): Error {
  return error instanceof Error ? error : new NothingGathered();
}
