import type { RowCounts } from '../format.ts';

/** What the guard weighed: all objects, or those below one prefix. */
export interface Weighed {
  /** First segment of the key, with its slash; empty for objects without one; `*` for all. */
  prefix: string;
  rows: number;
  matched: number;
  /** `matched / rows`; 0 of 0 is 0. */
  proportion: number;
}

export type GuardOutcome =
  | { kind: 'passed'; all: Weighed; prefixes: readonly Weighed[] }
  /** `exceeded` holds each of them that is over the maximum, all first. */
  | { kind: 'stopped'; all: Weighed; prefixes: readonly Weighed[]; exceeded: readonly Weighed[] };

/** Reads the maximum from its text: a decimal from 0 to 1. Undefined for anything else. */
export function parseProportion(text: string): number | undefined {
  if (!/^[0-9]*\.?[0-9]+(?:e-?[0-9]+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return value >= 0 && value <= 1 ? value : undefined;
}

/**
 * Stops a run that would remove more than it should, before anything is written: in all, or below
 * any top-level prefix. Equal to the maximum passes; so 1 always passes, and 0 only when nothing
 * matches.
 */
export function guard(
  objects: Iterable<Pick<RowCounts, 'rows' | 'matched'> & { key: string }>,
  maximum: number,
): GuardOutcome {
  const all: Weighed = { prefix: '*', rows: 0, matched: 0, proportion: 0 };
  const byPrefix = new Map<string, Weighed>();
  for (const { key, rows, matched } of objects) {
    const prefix = key.slice(0, key.indexOf('/') + 1);
    const one = byPrefix.get(prefix) ?? { prefix, rows: 0, matched: 0, proportion: 0 };
    byPrefix.set(prefix, one);
    for (const weighed of [all, one]) {
      weighed.rows += rows;
      weighed.matched += matched;
    }
  }
  const prefixes = [...byPrefix.values()];
  for (const weighed of [all, ...prefixes]) {
    weighed.proportion = weighed.rows === 0 ? 0 : weighed.matched / weighed.rows;
  }
  const exceeded = [all, ...prefixes].filter(({ proportion }) => proportion > maximum);
  return exceeded.length === 0
    ? { kind: 'passed', all, prefixes }
    : { kind: 'stopped', all, prefixes, exceeded };
}
