/**
 * How sure a finding is, from 0 to 1. It is the posterior of one question (are these values of this
 * kind?) and nothing more:
 *
 *     confidence = fit × prior / (prior + (1 - prior) × accident)
 *
 * - `prior` is what the key says ({@link PRIOR}).
 * - `accident` bounds how likely other values would fit as often: with `distinct` different values
 *   of which the part r fits, and a form that other values fit with `chance`, it is at most
 *   exp(-distinct × KL(r ‖ chance)) (Chernoff). A constant counts once, however often it occurs.
 * - `fit` is the part that fits beyond chance, (r - chance) / (1 - chance). A telling form, that
 *   nothing else has, is worth 0.7 even when rare among other values: 0.7 + 0.3 r.
 *
 * A key alone, with values that can be what it says but do not show it, gives prior × their part.
 * It says nothing about fields and values outside the sample.
 */
export const PRIOR = { sure: 0.9, likely: 0.6, none: 0.05, technical: 0.01 } as const;

/** Findings below it are not reported. */
export const REPORTED = 0.5;

export interface Evidence {
  prior: number;
  chance: number;
  telling: boolean;
  /** Part of all sampled values that fit. */
  share: number;
  /** Different values, and those of them that fit. */
  distinct: number;
  distinctFits: number;
}

export function confidenceOf(evidence: Evidence): number {
  const { prior, chance, telling, share, distinct, distinctFits } = evidence;
  if (distinctFits === 0) return 0;
  const part = distinctFits / distinct;
  const accident = part <= chance ? 1 : Math.exp(-distinct * divergence(part, chance));
  const fit = telling ? 0.7 + 0.3 * share : Math.max(0, (share - chance) / (1 - chance));
  return (fit * prior) / (prior + (1 - prior) * accident);
}

/** Kullback-Leibler divergence of two coins, in nats. */
function divergence(r: number, c: number): number {
  const term = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return term(r, c) + term(1 - r, 1 - c);
}
