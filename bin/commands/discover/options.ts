import { UsageError } from '../erase/usage-error.ts';

/** The options as commander gives them. */
export interface DiscoverFlags {
  rows: string;
  objects: string;
  seed: string;
  strict?: boolean;
  json?: boolean;
}

export interface DiscoverOptions {
  rows: number;
  objects: number;
  seed: number;
}

/** Throws {@link UsageError}. */
export function readOptions(flags: DiscoverFlags): DiscoverOptions {
  return {
    rows: wholeNumber('--rows', flags.rows, 1, 1_000_000),
    objects: wholeNumber('--objects', flags.objects, 1, 1_000_000),
    seed: wholeNumber('--seed', flags.seed, 0, 0xffffffff),
  };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option}: expected a whole number from ${least} to ${most}`);
  }
  return value;
}
