import type { Operation } from './task.ts';

/** A notice's template, by name; texts per language are the API's. */
export const NOTICES = [
  'verify-identity',
  'received',
  'verified',
  'begun',
  'delayed',
  'completed',
  'completed-with-exemptions',
  'failed',
  'refused',
  'duplicate',
  'expired',
  'cancelled',
  'cancelled-partial',
  'partially-failed',
  'approval-needed',
  'deadline-near',
  'deadline-missed',
  'stuck',
  'restriction-lifted',
] as const;
export type NoticeName = (typeof NOTICES)[number];

/** One step of a {@link TaskOrder}: one store. */
export interface TaskStep {
  readonly taskId: string;
  readonly attempt: number;
  readonly operation: Operation;
  readonly round: number;
  /** Asks a store again that had accepted the work. */
  readonly poll?: boolean | undefined;
  /** Steps of the same order that must end well before. */
  readonly after: readonly string[];
}

/**
 * Work for one area's executor, in the order in which it must be done. No personal data: the
 * executor opens the alias snapshot itself. Kept as is on the Kinesis task stream.
 */
export interface TaskOrder {
  readonly kind: 'task-order';
  readonly dsrId: string;
  readonly area: string;
  readonly steps: readonly TaskStep[];
}

interface Message {
  /** Number in the request's outbox; with the dsrId the dedupe key. */
  readonly seq: number;
  readonly createdAt: number;
  /** Failed deliveries so far, and when to try again. */
  readonly failures: number;
  readonly retryAt?: number | undefined;
}

/** To a person or a system. Exactly one send is accepted per dedupe key `<dsrId>/<seq>`. */
export interface NoticeMessage extends Message {
  readonly kind: 'notice';
  readonly notice: NoticeName;
  readonly audience: 'subject' | 'administrators' | 'systems';
  /** Facts for the template; codes, dates and numbers only, never personal data. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Whether it tells a terminal outcome. */
  readonly terminal: boolean;
}

/** The state as OpenDSR tells it, to every callback URL; at least once. */
export interface CallbackMessage extends Message {
  readonly kind: 'callback';
  readonly url: string;
  readonly status: 'pending' | 'in_progress' | 'completed' | 'cancelled';
}

/** Work for the task stream; at least once. */
export interface OrderMessage extends Message {
  readonly kind: 'order';
  readonly order: TaskOrder;
}

/** Takes the request's entries off the suppression list; at least once, idempotent. */
interface LiftMessage extends Message {
  readonly kind: 'lift-suppression';
}

export type OutboxMessage = NoticeMessage | CallbackMessage | OrderMessage | LiftMessage;

type Draft<M> = M extends Message ? Omit<M, keyof Message> : never;
/** A message before it has its number. */
export type OutboxDraft = Draft<OutboxMessage>;
