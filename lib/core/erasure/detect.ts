import { Buffer } from 'node:buffer';

import { withContent } from './compression/content.ts';
import type { ByteReader, FormatName, ObjectSource } from './format.ts';
import type { Matcher } from './matcher.ts';
import { columnPath, readCsvHeader } from './text/csv.ts';
import { skipMark } from './text/json-lines.ts';

/** How much of an object is looked at; a first row longer than this is not told. */
const HEAD = 4 << 20;
/** As much as is read at first, and at once. */
const STEP = 64 << 10;
const SNOWPLOW_TABS = 130;
const NEWLINE = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x0d, 0x09]);

/**
 * Which format an object has, by its content; its name does not count. Undefined when it can't be
 * told: an archive run then calls the object incomplete rather than guess. A CSV is known by a header
 * that names a path of the criteria.
 */
export async function detectFormat(
  source: ObjectSource,
  matcher: Matcher,
): Promise<FormatName | undefined> {
  const magic = await source.read(0, Math.min(4, source.size));
  // With an encrypted footer it begins with PARE; its reader says that it can't be read.
  if (['PAR1', 'PARE'].includes(Buffer.from(magic).toString('latin1'))) return 'parquet';
  return withContent(source, ({ reader }) => formatOfText(reader, matcher));
}

async function formatOfText(reader: ByteReader, matcher: Matcher): Promise<FormatName | undefined> {
  // The first row is short as a rule, and objects are many.
  let head = Buffer.alloc(STEP);
  let held = 0;
  let line: Buffer | undefined;
  let last = false;
  let looked = skipMark(head).skip;
  while (line === undefined && !last && held < HEAD) {
    if (held === head.length) head = Buffer.concat([head], Math.min(held * 2, HEAD));
    const length = await reader.read(head.subarray(held, held + STEP));
    last = length === 0;
    held += length;
    const begin = Math.max(looked, skipMark(head).skip);
    ({ line, looked } = firstLine(head.subarray(0, held), begin, last));
  }
  if (line === undefined) return last ? 'jsonl' : undefined;
  return formatOf(line, head.subarray(0, held), last, matcher);
}

/** The first line that is not blank, if there is one (yet), and up to where all lines are blank. */
function firstLine(
  head: Buffer,
  from: number,
  last: boolean,
): { line: Buffer | undefined; looked: number } {
  let looked = from;
  while (looked < head.length) {
    const newline = head.indexOf(NEWLINE, looked);
    if (newline < 0 && !last) break;
    const end = newline < 0 ? head.length : newline;
    for (let at = looked; at < end; at++) {
      if (!BLANKS.has(head[at]!)) return { line: head.subarray(looked, end), looked };
    }
    looked = end + 1;
  }
  return { line: undefined, looked };
}

function formatOf(
  line: Buffer,
  head: Buffer,
  last: boolean,
  matcher: Matcher,
): FormatName | undefined {
  const told = formatOfLine(line);
  if (told !== undefined) return told;
  const header = readCsvHeader(head, last);
  if (header === 'more' || 'fault' in header) return undefined;
  const names = header.names;
  const known = names.some((name) => columnPath(matcher.paths, name, matcher.ignoreCase) >= 0);
  return known ? 'csv' : undefined;
}

/** The format that a first line shows by itself; that of a CSV does not. */
export function formatOfLine(line: Buffer): 'snowplow' | 'firehose-failures' | 'jsonl' | undefined {
  let tabs = 0;
  for (const byte of line) if (byte === 0x09) tabs++;
  if (tabs === SNOWPLOW_TABS) return 'snowplow';
  const first = line.find((byte) => byte !== 0x20 && byte !== 0x09);
  if (first === 0x7b || first === 0x5b) return isFailure(line) ? 'firehose-failures' : 'jsonl';
  return undefined;
}

/** The members that Firehose always gives; a source record would not have them all. */
function isFailure(line: Buffer): boolean {
  return ['"rawData"', '"attemptsMade"', '"errorCode"'].every((key) => line.includes(key));
}
