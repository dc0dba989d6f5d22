import { Buffer } from 'node:buffer';

import { formatOfLine } from '../../erasure/detect.ts';
import { CorruptObject, type FormatName, type ObjectSource } from '../../erasure/format.ts';
import { skipMark } from '../../erasure/text/json-lines.ts';
import { openCsv } from './csv-header.ts';
import { readCsvRows } from './csv-rows.ts';
import { LINE_READERS } from './line-formats.ts';
import { readParquetRows } from './parquet-rows.ts';
import type { ValueTaker } from './row-values.ts';
import { isBlank, TextWindow } from './text-window.ts';
import { Thinning } from './thinning.ts';

/** Decompressed bytes of an object that are read from its beginning. */
const READ = 16 << 20;
/** Pieces of a plain object beyond, and the bytes of each. */
const PIECES = 12;
const PIECE = 256 << 10;

export interface SampleLimits {
  /** Rows of an object at most. */
  rows: number;
  /** At least 0, below 1; the same sequence gives the same sample. */
  random: () => number;
}

export interface Sampled {
  /** Undefined for an empty object. */
  format: FormatName | undefined;
  rows: number;
  /** Rows among them that can't be read, and why the first can't. */
  unreadable: number;
  fault: string | undefined;
}

/**
 * Reads a bounded sample of an object, in constant memory, and hands on its values.
 * @throws {CorruptObject} when it can't be read; the reason holds none of its bytes.
 */
export async function sampleObject(
  source: ObjectSource,
  limits: SampleLimits,
  taker: ValueTaker,
): Promise<Sampled> {
  const magic = await source.read(0, Math.min(4, source.size));
  if (['PAR1', 'PARE'].includes(Buffer.from(magic).toString('latin1'))) {
    const rows = await readParquetRows(source, limits.rows, limits.random, taker);
    return { format: 'parquet', rows, unreadable: 0, fault: undefined };
  }
  const window = await TextWindow.open(source, READ);
  try {
    return await sampleText(source, window, limits, taker);
  } finally {
    await window.close();
  }
}

async function sampleText(
  source: ObjectSource,
  window: TextWindow,
  limits: SampleLimits,
  taker: ValueTaker,
): Promise<Sampled> {
  const sampled: Sampled = { format: undefined, rows: 0, unreadable: 0, fault: undefined };
  const tell = (fault: string | undefined): void => {
    sampled.rows++;
    if (fault === undefined) return;
    sampled.unreadable++;
    sampled.fault ??= fault;
  };
  const first = await firstLine(window);
  if (first === undefined) return sampled;
  const known = formatOfLine(first);
  if (known === undefined) {
    const columns = await openCsv(window);
    if (columns === undefined) throw new CorruptObject('its format cannot be told');
    sampled.format = 'csv';
    await readCsvRows(window, columns, new Thinning(limits.rows, limits.random), taker, tell);
    return sampled;
  }
  sampled.format = known;
  const read = LINE_READERS[known];
  const isLarge = window.compression === 'none' && source.size > READ;
  const thinning = new Thinning(isLarge ? Math.ceil(limits.rows / 2) : limits.rows, limits.random);
  window.drop(skipMark(window.held).skip);
  for (let line = await window.line(); line !== undefined; line = await window.line()) {
    if (!isBlank(line) && thinning.takes()) tell(read(line, taker));
    if (thinning.isFull) break;
  }
  if (isLarge) await samplePieces(source, limits, (line) => tell(read(line, taker)));
  return sampled;
}

/** The first line that is not blank, still held in the window behind blank ones. */
async function firstLine(window: TextWindow): Promise<Buffer | undefined> {
  while (true) {
    const { held } = window;
    let at = skipMark(held).skip;
    for (let newline = held.indexOf(0x0a, at); newline >= 0; newline = held.indexOf(0x0a, at)) {
      const line = held.subarray(at, newline);
      if (!isBlank(line)) return line;
      at = newline + 1;
    }
    if (await window.grow()) continue;
    const rest = held.subarray(at);
    return isBlank(rest) ? undefined : rest;
  }
}

/** Whole lines of pieces spread over an object, one in each of as many equal parts. */
async function samplePieces(
  source: ObjectSource,
  { rows, random }: SampleLimits,
  take: (line: Buffer) => void,
): Promise<void> {
  const part = (source.size - PIECE) / PIECES;
  const quota = Math.ceil(rows / 2 / PIECES);
  for (let piece = 0; piece < PIECES; piece++) {
    const from = Math.floor((piece + random()) * part);
    const bytes = Buffer.from(await source.read(from, from + PIECE));
    let at = bytes.indexOf(0x0a) + 1;
    for (let taken = 0; taken < quota && at > 0;) {
      const newline = bytes.indexOf(0x0a, at);
      if (newline < 0) break;
      const line = bytes.subarray(at, newline);
      if (!isBlank(line)) {
        take(line);
        taken++;
      }
      at = newline + 1;
    }
  }
}
