/** How often things go wrong, as shares of 1. */
export interface FaultRates {
  /** Calls of services, notifier, callbacks, crosswalk and look-ups that fail for now. */
  readonly transient: number;
  /** Processes that die after some effect and before their acknowledgement. */
  readonly crash: number;
  /** Messages that a stream delivers twice. */
  readonly duplicate: number;
  /** Tasks that no attempt can do until a person mends them. */
  readonly poison: number;
  /** Stream and table calls that are throttled. */
  readonly throttle: number;
  /** Erasures of which a service says that they are done, and they are not. */
  readonly lie: number;
  /** Change events of services that get lost. */
  readonly lostChange: number;
}

export const FAULT_RATES: FaultRates = {
  transient: 0.2,
  crash: 0.05,
  duplicate: 0.1,
  poison: 0.01,
  throttle: 0.02,
  lie: 0.01,
  lostChange: 0.02,
};

/** How often each fault was injected. */
export type FaultCounts = Record<
  | 'transient'
  | 'crash'
  | 'duplicate'
  | 'poison'
  | 'throttle'
  | 'lie'
  | 'lostChange'
  | 'garbage'
  | 'restart'
  | 'clockJump',
  number
>;

export function noFaults(): FaultCounts {
  return {
    transient: 0,
    crash: 0,
    duplicate: 0,
    poison: 0,
    throttle: 0,
    lie: 0,
    lostChange: 0,
    garbage: 0,
    restart: 0,
    clockJump: 0,
  };
}
