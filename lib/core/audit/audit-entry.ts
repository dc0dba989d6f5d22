import type { Actor } from '../requests/model/command.ts';

/** Facts of an entry: codes, dates, numbers, names of stores. Never personal data. */
export type AuditFacts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What happened, before it has its place in the chain. */
export interface AuditDraft {
  /** A code: `received`, `approved`, `refused`, `task-succeeded`. */
  readonly action: string;
  readonly actor: Actor;
  readonly facts: AuditFacts;
}

/** One link of a request's chain. */
export interface AuditEntry extends AuditDraft {
  readonly dsrId: string;
  /** 1, 2, 3, …  without a gap. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Hash of the entry before; of the chain's name for the first. */
  readonly previous: string;
  /** SHA-256 over the canonical JSON of all other members, base64url. */
  readonly hash: string;
}

/** The last link, kept with the request: without it a chain cut short would look whole. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}
