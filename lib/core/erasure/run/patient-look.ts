import type {
  ArchiveNotes,
  LookNote,
  LookPass,
  LookProgress,
  VerifiedNote,
} from '../../ports/archive-notes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LookUpReply } from '../../ports/services.ts';
import type { VersionSearch } from './search-versions.ts';
import { lookOn, NOTHING_SEEN } from './subject-rows.ts';
import { isWorkedOn, noteAtEnd, workUntil, type WorkedOn } from './work-in-calls.ts';

export interface PatientLookOptions extends Omit<VersionSearch, 'since' | 'latest'> {
  readonly notes: Pick<ArchiveNotes, 'verified' | 'look' | 'saveLook'>;
  readonly clock: Clock;
  /** How long a call may take; one that is older has died, ms. */
  readonly longestLook: number;
}

const MINUTE = 60 * 1_000;
const HOUR = 60 * MINUTE;
/** An answer holds until the engine asks again, which it does half an hour after it got none. */
const ANSWER_HOLDS = HOUR;
/** What a run has read is not read again for so long after its end. */
const RUN_HOLDS = 24 * HOUR;
/** An object's time is when its upload began, which may end after the run's last listing. */
const LONGEST_UPLOAD = HOUR;
/** How much is looked at again when a call dies, ms. */
const SAVE_EVERY = MINUTE;

const GOES_ON: LookUpReply = { kind: 'failed', code: 'look-up-goes-on' };

/**
 * Looks for a subject, however long it takes: a call works for its time, and the next goes on where it
 * has come to or died. A look that was absent over several calls catches up once with what came
 * meanwhile: the answer is as of when the last pass began, or later.
 * @param subject keyed hash of the criteria
 */
export async function lookPatiently(
  options: PatientLookOptions,
  subject: string,
  lines: readonly string[],
): Promise<LookUpReply> {
  const { notes, clock } = options;
  const [verified, last] = await Promise.all([notes.verified(subject), notes.look(subject)]);
  const now = clock.now();
  // Begun before the erasure had ended: it says nothing of the time after.
  const isOld = last !== undefined && verified !== undefined && last.startedAt < verified.endedAt;
  const known = last === undefined || isOld ? undefined : last;
  const answer = known && answerOf(known, now, options);
  if (answer !== undefined) return answer;

  const resumed = known?.progress;
  return new Look(options, subject, lines, {
    startedAt: resumed === undefined ? now : known!.startedAt,
    workedSince: now,
    progress: resumed ?? firstPass(verified, now),
  }).work();
}

/** What an earlier call says; undefined when there is work to do. */
function answerOf(
  note: LookNote,
  now: number,
  { longestLook }: PatientLookOptions,
): LookUpReply | undefined {
  const { reply, endedAt = note.startedAt } = note;
  if (reply === undefined) return isWorkedOn(note, now, longestLook) ? GOES_ON : undefined;
  return reply.kind !== 'failed' && now - endedAt < ANSWER_HOLDS ? reply : undefined;
}

function firstPass(verified: VerifiedNote | undefined, now: number): LookPass {
  const isFresh = verified !== undefined && now - verified.endedAt < RUN_HOLDS;
  const since = isFresh ? verified.since - LONGEST_UPLOAD : 0;
  return { ...NOTHING_SEEN, passStartedAt: now, since, isCatchUp: false };
}

/** A look in the call that works on it. */
class Look {
  readonly #options: PatientLookOptions;
  readonly #subject: string;
  readonly #lines: readonly string[];
  #note: WorkedOn<LookPass>;
  readonly #until: number;
  #savedAt: number;

  constructor(
    options: PatientLookOptions,
    subject: string,
    lines: readonly string[],
    note: WorkedOn<LookPass>,
  ) {
    this.#options = options;
    this.#subject = subject;
    this.#lines = lines;
    this.#note = note;
    this.#until = workUntil(note.workedSince, options.longestLook);
    this.#savedAt = note.workedSince;
  }

  async work(): Promise<LookUpReply> {
    await this.#save(this.#note);
    let reply: LookUpReply | undefined = { kind: 'failed', code: 'look-up-threw' };
    try {
      reply = await this.#pass();
      if (reply?.kind === 'absent' && this.#isBehind()) {
        this.#catchUp();
        reply = await this.#pass();
      }
    } finally {
      await this.#save(noteAtEnd(this.#note, reply, this.#options.clock.now()));
    }
    return reply ?? GOES_ON;
  }

  /** Undefined when the time is over. */
  #pass(): Promise<LookUpReply | undefined> {
    const { since } = this.#note.progress;
    return lookOn({ ...this.#options, since }, this.#lines, {
      from: this.#note.progress,
      passed: (progress) => this.#passed(progress),
    });
  }

  async #passed(progress: LookProgress): Promise<boolean> {
    this.#note = { ...this.#note, progress: { ...this.#note.progress, ...progress } };
    const now = this.#options.clock.now();
    if (now >= this.#until) return true;
    if (now - this.#savedAt >= SAVE_EVERY) {
      await this.#save(this.#note);
      this.#savedAt = now;
    }
    return false;
  }

  /** Whether what came during an earlier call may have been missed. */
  #isBehind(): boolean {
    const { passStartedAt, isCatchUp } = this.#note.progress;
    return !isCatchUp && passStartedAt < this.#note.workedSince;
  }

  #catchUp(): void {
    const since = this.#note.progress.passStartedAt - LONGEST_UPLOAD;
    const passStartedAt = this.#options.clock.now();
    const progress = { ...NOTHING_SEEN, passStartedAt, since, isCatchUp: true };
    this.#note = { ...this.#note, progress };
  }

  #save(note: LookNote): Promise<void> {
    return this.#options.notes.saveLook(this.#subject, note);
  }
}
