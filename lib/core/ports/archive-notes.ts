import type { LookUpReply, ServiceReply } from './services.ts';

/** A run that ended with not one row of the subject left in what it had listed. */
export interface VerifiedNote {
  readonly runId: string;
  /** Every version that was there then was read by the run, ms since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/**
 * How far a search has come: earlier places are done, of this one all keys up to `after`, and of one more
 * the versions down to `within`.
 */
export interface SearchPosition {
  /** Index among the archive's places. */
  readonly place: number;
  /** @default no key of the place is done */
  readonly after?: string;
  /** Of the key after that, its newer versions and this one are done. @default none is */
  readonly within?: { readonly key: string; readonly versionId: string; readonly etag: string };
}

/** How far a look has come, and what it has found by then. */
export interface LookProgress {
  readonly position: SearchPosition;
  /** Rows. */
  readonly erasable: number;
  readonly suspected: number;
}

/** Work that may take several calls. */
export interface WorkNote<Progress, Reply> {
  /** When its first call began, ms since the epoch. */
  readonly startedAt: number;
  /** When the call began that works on it; it goes on, or has died. Without, the work rests. */
  readonly workedSince?: number;
  /** Where the next call goes on. @default at the beginning */
  readonly progress?: Progress;
  readonly reply?: Reply;
  /** When it was replied, ms since the epoch. */
  readonly endedAt?: number;
}

/** A pass over the archive of a look for a subject. */
export interface LookPass extends LookProgress {
  /** When the pass began, ms since the epoch. */
  readonly passStartedAt: number;
  /** Versions that were last modified before are not read (ms). */
  readonly since: number;
  /** Whether it only reads what came while the pass before it went on. */
  readonly isCatchUp: boolean;
}

export type LookNote = WorkNote<LookPass, LookUpReply>;

/** How far a gathering has come, and where the rows lie that it has found by then. */
export interface GatherProgress {
  readonly position: SearchPosition;
  /** Rows. */
  readonly affected: number;
  /** Keys of objects, in order. */
  readonly parts: readonly string[];
  /** When the oldest of them was put, ms since the epoch; if there is one. */
  readonly putSince?: number | undefined;
}

/** A gathering for one task. Rows are where its reply says: never in the note. */
export type GatherNote = WorkNote<
  GatherProgress,
  Extract<ServiceReply, { kind: 'done' | 'no-data' | 'failed' }>
>;

/**
 * What is remembered of subjects of an archive between two calls, by the keyed hash of their criteria,
 * and of the tasks of requests: no personal data. A later note of a kind takes the place of the former.
 * Nothing lasts longer than some days; reads see every write before.
 */
export interface ArchiveNotes {
  verified(subject: string): Promise<VerifiedNote | undefined>;
  saveVerified(subject: string, note: VerifiedNote): Promise<void>;
  look(subject: string): Promise<LookNote | undefined>;
  saveLook(subject: string, note: LookNote): Promise<void>;
  /** @param task `<dsrId>/<taskId>` */
  gathering(task: string): Promise<GatherNote | undefined>;
  saveGathering(task: string, note: GatherNote): Promise<void>;
}
