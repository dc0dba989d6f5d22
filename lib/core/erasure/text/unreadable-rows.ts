import { Buffer } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';

import { normaliseIdentifier, type NormaliseRule } from '../../suppression/normalise.ts';
import { compressionOf, withContent } from '../compression/content.ts';
import type { ObjectSource } from '../format.ts';
import type { Matcher } from '../matcher.ts';
import { searchTexts } from './residue.ts';
import type { RowScanner, Verdict } from './row-scanner.ts';
import { scanRoomOf } from './scan-room.ts';
import { holdsWord } from './words.ts';
import type { TextFormat } from './text-format.ts';
import { prepareQueries } from './snowplow-json.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
/** Bytes of rows that are gathered before they are searched. */
const GATHERED = 1 << 20;
/** A record of Kinesis has 1 MiB at most; what it is packed from may be larger. */
const UNPACKED = 32 << 20;

/**
 * Counts the rows of an object that cannot be read and hold a value of the criteria as text: a text of
 * 6 to 255 bytes anywhere, a shorter one or a number as a word of its own. Of failed records also what
 * they carry as base64, be it gzipped. One value of a criterion of several paths is enough. A row too
 * long to be searched counts as if it held one. Values of paths with a rule are also sought in the row as
 * the rule would write it.
 */
export async function countSuspectRows(
  source: ObjectSource,
  format: TextFormat,
  reader: Matcher,
  searcher: Matcher,
): Promise<number> {
  await prepareQueries(reader.paths);
  const room = scanRoomOf(reader);
  const scanner = format.scannerOf(room.matcher, room);
  let pieces: Buffer[] = [];
  let [gathered, told, faults, suspects] = [0, 0, 0, 0];
  const search = async (): Promise<void> => {
    const lines = Buffer.concat(pieces);
    [pieces, gathered] = [[], 0];
    suspects += await countSuspectLines(lines, searcher);
  };
  const tap: RowScanner = {
    events: scanner.events,
    endsAtNewline: scanner.endsAtNewline,
    begin: (head, last) => scanner.begin(head, last),
    scan: (at, end, last) => scanner.scan(at, end, last),
    judge: (bytes, from, to): Verdict => {
      const verdict = scanner.judge(bytes, from, to);
      if (typeof verdict !== 'object') return verdict;
      const isFailure = format.name === 'firehose-failures';
      const line = lineOf(bytes.subarray(from, to), isFailure, searcher.rules);
      pieces.push(line);
      gathered += line.length;
      told++;
      return verdict;
    },
  };
  await withContent(source, (content) =>
    room.window.readRows(content.reader, tap, {
      fault: () => {
        faults++;
      },
      stretch: () => (gathered > GATHERED ? search() : undefined),
    }),
  );
  await search();
  return suspects + faults - told;
}

async function countSuspectLines(lines: Buffer, searcher: Matcher): Promise<number> {
  let words = 0;
  let at = 0;
  const reader = {
    read: (into: Uint8Array): number => {
      const part = lines.subarray(at, at + into.length);
      into.set(part);
      at += part.length;
      return part.length;
    },
  };
  const { holding, unsearched } = await searchTexts(reader, searcher, (others) => {
    for (const line of others.toString('utf8').split('\n')) {
      if (holdsWord(line, searcher)) words++;
    }
  });
  return holding + unsearched + words;
}

/** A row as one line, with what it carries, each also as the rules would write it. */
function lineOf(row: Buffer, isFailure: boolean, rules: readonly NormaliseRule[]): Buffer {
  const parts = [row, ...(isFailure ? carriedBy(row) : [])].flatMap((part) => [
    part,
    ...(rules.includes('trim-lowercase') ? [lowerCased(part)] : []),
    ...(rules.includes('digits') ? [digitsJoined(part)] : []),
  ]);
  const line = Buffer.concat(parts.flatMap((part) => [part, Buffer.from(' ')]));
  for (let at = line.indexOf(NEWLINE); at >= 0; at = line.indexOf(NEWLINE, at)) line[at] = SPACE;
  line[line.length - 1] = NEWLINE;
  return line;
}

function lowerCased(part: Buffer): Buffer {
  return Buffer.from(normaliseIdentifier('trim-lowercase', part.toString('utf8')));
}

/** Without what people write between the digits of a number. */
function digitsJoined(part: Buffer): Buffer {
  return Buffer.from(part.toString('utf8').replaceAll(/(?<=[0-9])[-\s./()]{1,3}(?=[0-9])/g, ''));
}

/** What stands in a row as base64, however the row is broken. */
function* carriedBy(row: Buffer): Generator<Buffer> {
  const text = row.toString('latin1').replaceAll('\\/', '/');
  for (const [run] of text.matchAll(/[A-Za-z0-9+/]{8,}/g)) {
    const carried = Buffer.from(run, 'base64');
    yield carried;
    if (compressionOf(carried) !== 'gzip') continue;
    try {
      const finishFlush = constants.Z_SYNC_FLUSH;
      yield gunzipSync(carried, { maxOutputLength: UNPACKED, finishFlush });
    } catch {
      // It only looks like gzip: there is nothing in it that could be searched.
    }
  }
}
