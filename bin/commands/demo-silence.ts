import type { Log } from '../../lambdas/runtime/log.ts';
import type { Meter } from '../../lambdas/runtime/metrics.ts';

function nothing(): void {
  // Nobody reads it.
}

/** What a function would log and measure on AWS; here the report says it. */
export const silence: { readonly log: Log; readonly meter: Meter } = {
  log: { info: nothing, warn: nothing, error: nothing },
  meter: { add: nothing, publish: nothing },
};
