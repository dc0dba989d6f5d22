import { crc32 } from 'node:zlib';
import type { Codec } from '../codec/codec.ts';
import type { DataPage } from './data-page.ts';
import { writePlain, writeValues } from '../values/encoding.ts';
import { bitWidthOf } from '../values/hybrid-reader.ts';
import { writeHybrid } from '../values/hybrid-writer.ts';
import { PAGE, type Page } from './page.ts';
import type { PageCut } from './page-cut.ts';
import type { Leaf } from '../schema/schema.ts';
import type { ThriftStruct } from '../thrift/thrift-value.ts';
import { writeThriftStruct } from '../thrift/thrift-writer.ts';
import { joinRanges, lengthOf, pick, type Dictionary, type Ranges } from '../values/values.ts';

/** A page to be written. */
export interface NewPage {
  readonly header: Uint8Array;
  readonly body: Uint8Array;
  /** Header and uncompressed body, in bytes: what `total_uncompressed_size` adds up. */
  readonly plainSize: number;
}

/** A data page with what stays of it, in the encoding and version that it had. */
export function writeDataPage(
  page: Page,
  data: DataPage,
  cut: PageCut,
  leaf: Leaf,
  codec: Codec,
  dictionarySize: number,
): NewPage {
  const picked = pick(data.values, cut.values);
  const bytes = writeValues(picked, page.encoding, dictionarySize);
  const repetition = writeLevels(data.repetition, 0, cut.entries, leaf.maxRepetition);
  const definition = writeLevels(
    data.definition,
    leaf.maxDefinition,
    cut.entries,
    leaf.maxDefinition,
  );
  const entries = lengthOf(cut.entries);
  const parts = { repetition, definition, bytes, entries, values: picked.count };
  return page.type === PAGE.dataV2
    ? version2(page, parts, countRows(data, cut.entries), codec)
    : version1(page, parts, codec);
}

interface Parts {
  readonly repetition: Uint8Array | undefined;
  readonly definition: Uint8Array | undefined;
  readonly bytes: Uint8Array;
  readonly entries: number;
  readonly values: number;
}

function version1(page: Page, parts: Parts, codec: Codec): NewPage {
  const plain = Buffer.concat([
    ...withLength(parts.repetition),
    ...withLength(parts.definition),
    parts.bytes,
  ]);
  // The statistics of a page may be left out; the erased value may have been its least.
  const detail = page.header.needStruct(5).clone().drop(5).setInt(1, parts.entries);
  const header = page.header.clone().setStruct(5, detail);
  return sealPage(header, plain.length, codec.compress(plain));
}

function version2(page: Page, parts: Parts, rows: number, codec: Codec): NewPage {
  const old = page.header.needStruct(8);
  const packed = (old.flag(7) ?? true) && parts.bytes.length > 0;
  const levels = [parts.repetition ?? new Uint8Array(0), parts.definition ?? new Uint8Array(0)];
  const detail = old
    .clone()
    .drop(8)
    .setInt(1, parts.entries)
    .setInt(2, parts.entries - parts.values)
    .setInt(3, rows)
    .setInt(5, levels[1]!.length)
    .setInt(6, levels[0]!.length);
  // Not all readers can decompress nothing at all.
  if (parts.bytes.length === 0) detail.setFlag(7, false);
  const stored = packed ? codec.compress(parts.bytes) : parts.bytes;
  const size = levels[0]!.length + levels[1]!.length + parts.bytes.length;
  const header = page.header.clone().setStruct(8, detail);
  return sealPage(header, size, Buffer.concat([...levels, stored]));
}

/** The dictionary page with other values at the same places. */
export function writeDictionaryPage(page: Page, dictionary: Dictionary, codec: Codec): NewPage {
  const plain = writePlain(dictionary);
  const detail = page.header.needStruct(7).clone().setInt(1, dictionary.count);
  const header = page.header.clone().setStruct(7, detail);
  return sealPage(header, plain.length, codec.compress(plain));
}

function sealPage(header: ThriftStruct, plainSize: number, body: Uint8Array): NewPage {
  header.setInt(2, plainSize).setInt(3, body.length);
  if (header.has(4)) header.setInt(4, crc32(body) | 0);
  const bytes = writeThriftStruct(header);
  return { header: bytes, body, plainSize: bytes.length + plainSize };
}

/** `absent` is what all levels are when there is no list of them. */
function writeLevels(
  levels: Uint8Array | undefined,
  absent: number,
  entries: Ranges,
  greatest: number,
): Uint8Array | undefined {
  if (greatest === 0) return undefined;
  const kept = new Uint8Array(lengthOf(entries)).fill(absent);
  if (levels !== undefined) joinRanges(levels, entries, 1, kept);
  return writeHybrid(kept, bitWidthOf(greatest));
}

function withLength(levels: Uint8Array | undefined): Uint8Array[] {
  if (levels === undefined) return [];
  const length = Buffer.alloc(4);
  length.writeUInt32LE(levels.length);
  return [length, levels];
}

/** Rows that begin in the stretches. */
export function countRows(data: DataPage, entries: Ranges): number {
  if (data.repetition === undefined) return lengthOf(entries);
  let rows = 0;
  for (let i = 0; i < entries.length; i += 2) {
    for (let at = entries[i]!; at < entries[i + 1]!; at++) if (data.repetition[at] === 0) rows++;
  }
  return rows;
}
