import type { LookUpReply, ServiceReply } from './services.ts';

/** A run that ended with not one row of the subject left in what it had listed. */
export interface VerifiedNote {
  readonly runId: string;
  /** Every version that was there then was read by the run, ms since the epoch. */
  readonly since: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/** A look for a subject; without a reply it goes on, or has died. */
export interface LookNote {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly reply?: LookUpReply;
}

/** A gathering for one task; without a reply it goes on, or has died. */
export interface GatherNote {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Rows are where it says: never in the note. */
  readonly reply?: Extract<ServiceReply, { kind: 'done' | 'no-data' | 'failed' }>;
}

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
