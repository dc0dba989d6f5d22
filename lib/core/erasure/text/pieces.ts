import { Buffer } from 'node:buffer';

import { compressionOf } from '../compression/content.ts';
import { LISTED_FAULTS, type FormatName, type ObjectSource, type RowFault } from '../format.ts';
import { joinPlans, type TextPlan } from './plan.ts';
import type { FoundPiece } from './text-format.ts';

const NEWLINE = 0x0a;
const LOOK = 64 << 10;

/** Bytes [from, to) of an object, whole rows. */
export interface Piece {
  from: number;
  to: number;
}

/** Formats whose rows end at any newline, whatever came before. */
const BY_LINES: readonly FormatName[] = ['jsonl', 'snowplow', 'firehose-failures'];

/** Whether threads can search pieces of an object, each its own: every newline ends a row. */
export async function isDivisible(source: ObjectSource, format: FormatName): Promise<boolean> {
  if (!BY_LINES.includes(format)) return false;
  return compressionOf(await source.read(0, Math.min(source.size, 10))) === 'none';
}

/**
 * The piece that stands for the bytes [from, to): the rows that begin in it, found without a look at
 * any other piece. Pieces of bytes that follow each other follow each other too.
 */
export async function pieceOf(source: ObjectSource, { from, to }: Piece): Promise<Piece> {
  return { from: await rowAtOrAfter(source, from), to: await rowAtOrAfter(source, to) };
}

/** Where the first row begins that does not begin before `at`; the object's end if there is none. */
async function rowAtOrAfter(source: ObjectSource, at: number): Promise<number> {
  if (at === 0) return 0;
  for (let from = at - 1; from < source.size; from += LOOK) {
    const bytes = Buffer.from(await source.read(from, Math.min(from + LOOK, source.size)));
    const newline = bytes.indexOf(NEWLINE);
    if (newline >= 0) return from + newline + 1;
  }
  return source.size;
}

/** What a search of the whole object would have said. Pieces are in order and leave nothing out. */
export function joinFindings(pieces: readonly FoundPiece[], of: readonly Piece[]): FoundPiece {
  const joined = { rows: 0, matched: 0, unparsable: 0, lines: 0 };
  const faults: RowFault[] = [];
  const seen = new Uint8Array(pieces[0]?.seen.length ?? 0);
  for (const [index, piece] of pieces.entries()) {
    for (const { offset, line, reason } of piece.faults) {
      if (faults.length === LISTED_FAULTS) break;
      faults.push({ offset: of[index]!.from + offset, line: joined.lines + line, reason });
    }
    piece.seen.forEach((flag, path) => {
      seen[path]! |= flag;
    });
    joined.rows += piece.rows;
    joined.matched += piece.matched;
    joined.unparsable += piece.unparsable;
    joined.lines += piece.lines;
  }
  const plans = pieces.map(({ plan }) => plan);
  const whole = plans.every((plan): plan is TextPlan => plan !== undefined);
  const plan = whole
    ? joinPlans(
        plans,
        of.map(({ from }) => from),
      )
    : undefined;
  return { kind: 'read', ...joined, faults, seen, plan };
}
