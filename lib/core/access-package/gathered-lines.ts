import { GatheredDataError } from '../ports/fetch-gathered.ts';
import type { PersonalRecord } from './source.ts';

/** Longest line taken. In bytes. */
const MAX_LINE = 8 * 1024 * 1024;
const NEWLINE = Buffer.from('\n');

/** The records of JSON Lines, cut anywhere. @throws {GatheredDataError} for what is no JSON object */
export async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<PersonalRecord, void, undefined> {
  for await (const line of splitLines(chunks)) yield readRecord(line);
}

/** JSON Lines byte by byte, each line once it is seen to be an object. @throws {GatheredDataError} */
export async function* checkedLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const line of splitLines(chunks)) {
    readRecord(line);
    yield line;
    yield NEWLINE;
  }
}

/** Lines without their ends; blank ones are left out. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      const line = bytes.subarray(from, end);
      if (!isBlank(line)) yield line;
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE) throw new GatheredDataError('A gathered line is too long.');
  }
  if (!isBlank(rest)) yield rest;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function readRecord(line: Buffer): PersonalRecord {
  let value: unknown;
  try {
    // A byte order mark before the first row of a file is no fault, and not decoded.
    value = JSON.parse(new TextDecoder().decode(line));
  } catch {
    // No cause: the parser's message quotes the line.
    throw new GatheredDataError('A gathered line is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatheredDataError('A gathered line is no JSON object.');
  }
  return value as PersonalRecord;
}
