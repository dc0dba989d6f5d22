import { availableParallelism } from 'node:os';

import { FORMATS, type FormatName } from '../../../lib/core/erasure/format.ts';
import { parseProportion } from '../../../lib/core/erasure/run/guard.ts';
import { UsageError } from './usage-error.ts';

/** The options as commander gives them. */
export interface EraseFlags {
  removalCriteria: string;
  inputDirectory: string;
  nonMatchingOutputDirectory?: string;
  inPlace?: boolean;
  matchingOutputDirectory?: string;
  maximumMatchingProportion: string;
  format: string;
  dryRun?: boolean;
  residueReport?: boolean;
  strictTypes?: boolean;
  ignoreCase?: boolean;
  jobs?: string;
  undoWindow: string;
  filters?: string;
  keySecret?: string;
  settle?: string;
  stateDirectory: string;
  json?: boolean;
}

export interface EraseOptions {
  maximum: number;
  format: FormatName | 'auto';
  jobs: number;
  residueReport: boolean;
  undoDays: number;
  settleSeconds: number;
}

/** Reads what is more than a text. Throws {@link UsageError}. */
export function readOptions(flags: EraseFlags): EraseOptions {
  const maximum = parseProportion(flags.maximumMatchingProportion);
  if (maximum === undefined) {
    throw new UsageError(
      '--maximum-matching-proportion: expected a number from 0 to 1, such as 0.05',
    );
  }
  const ways = [flags.dryRun, flags.inPlace, flags.nonMatchingOutputDirectory !== undefined];
  if (!ways.includes(true)) {
    throw new UsageError(
      'say where kept rows go: --non-matching-output-directory <directory>, --in-place, or --dry-run',
    );
  }
  if (flags.inPlace === true && flags.nonMatchingOutputDirectory !== undefined) {
    throw new UsageError('--in-place and --non-matching-output-directory exclude each other');
  }
  const format = [...FORMATS, 'auto' as const].find((name) => name === flags.format);
  if (format === undefined) {
    throw new UsageError(`--format: expected one of auto, ${FORMATS.join(', ')}`);
  }
  return {
    maximum,
    format,
    residueReport: flags.residueReport === true,
    jobs: wholeNumber('--jobs', flags.jobs ?? String(availableParallelism()), 1, 1024),
    undoDays: wholeNumber('--undo-window', flags.undoWindow, 0, 3650),
    settleSeconds: wholeNumber('--settle', flags.settle ?? '0', 0, 86_400),
  };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option}: expected a whole number from ${least} to ${most}`);
  }
  return value;
}
