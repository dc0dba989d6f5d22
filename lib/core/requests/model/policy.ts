import type { Regime } from '../law/regime.ts';
import type { RequestType } from './request.ts';
import type { TaskState } from './task.ts';

/** How a deployment runs its requests. Durations in milliseconds. Defaults: default-policy.ts. */
export interface Policy {
  readonly regimes: Readonly<Record<string, Regime>>;
  /** IANA zone in which the law's days begin and end, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Public holidays, ISO dates, on which no period ends and no business day counts. */
  readonly holidays: readonly string[];
  readonly identity: { readonly lifetime: number; readonly maxTries: number };
  /** Approvals needed by type; 2 is four-eyes. */
  readonly approvals: Readonly<Record<RequestType, 0 | 1 | 2>>;
  /** Between the last approval and the first destructive task. */
  readonly grace: number;
  readonly timeouts: {
    /** Then administrators are reminded, again and again. */
    readonly approval: number;
    readonly hold: number;
    /** Then an attempt counts as lost and the task goes out again. */
    readonly dispatched: number;
    readonly running: number;
    /** Then a plan that found no crosswalk, or a request of which nothing came, is tried again. */
    readonly waiting: number;
    /** Between the last task's end and the independent look, so that in-flight data lands. */
    readonly settling: number;
    readonly verifying: number;
    /** Then a partial failure that nobody retried is final. */
    readonly partiallyFailed: number;
  };
  readonly retry: { readonly maxFailures: number; readonly base: number; readonly cap: number };
  readonly delivery: { readonly maxFailures: number; readonly base: number; readonly cap: number };
  /** How often a residue may send the request back before it counts as failed. */
  readonly maxResidueRounds: number;
}

/** Rules that a simulation may break on purpose, to show that it would notice. */
export interface Rules {
  /** Whether a task in this state is done. */
  countsAsDone(state: TaskState): boolean;
}
