import type { Codec } from '../codec/codec.ts';
import { ENCODING, readValues } from '../values/encoding.ts';
import { corrupt, unsupported } from '../fault.ts';
import { bitWidthOf, readHybrid } from '../values/hybrid-reader.ts';
import { PAGE, type Page } from './page.ts';
import type { Leaf } from '../schema/schema.ts';
import type { Values } from '../values/values.ts';

/** A data page, taken apart. */
export interface DataPage {
  readonly entries: number;
  /** Absent where the column is not nested in anything repeated: all levels are 0. */
  readonly repetition: Uint8Array | undefined;
  /** Absent where there is no null: all levels are the greatest. */
  readonly definition: Uint8Array | undefined;
  readonly values: Values;
}

/** Decodes a data page of either version from its stored body. */
export function readDataPage(body: Uint8Array, page: Page, leaf: Leaf, codec: Codec): DataPage {
  return page.type === PAGE.dataV2
    ? readVersion2(body, page, leaf, codec)
    : readVersion1(body, page, leaf, codec);
}

function readVersion1(body: Uint8Array, page: Page, leaf: Leaf, codec: Codec): DataPage {
  const plain = codec.decompress(body, page.size);
  const header = page.header.needStruct(5);
  let at = 0;

  function levelBytes(greatest: number, encoding: number): Uint8Array {
    if (greatest === 0) return plain.subarray(0, 0);
    if (encoding !== ENCODING.rle) throw unsupported('bit-packed levels, deprecated since 2013');
    if (at + 4 > plain.length) throw corrupt('a page is too short for its levels');
    const length = new DataView(plain.buffer, plain.byteOffset + at, 4).getUint32(0, true);
    const end = at + 4 + length;
    if (end > plain.length) throw corrupt('levels lead beyond their page');
    const bytes = plain.subarray(at + 4, end);
    at = end;
    return bytes;
  }

  const repetition = levelBytes(leaf.maxRepetition, header.needInt(4));
  const definition = levelBytes(leaf.maxDefinition, header.needInt(3));
  return assemble(page, leaf, repetition, definition, plain.subarray(at));
}

function readVersion2(body: Uint8Array, page: Page, leaf: Leaf, codec: Codec): DataPage {
  const header = page.header.needStruct(8);
  const definitionLength = header.needInt(5);
  const repetitionLength = header.needInt(6);
  const at = definitionLength + repetitionLength;
  if (definitionLength < 0 || repetitionLength < 0 || at > body.length || at > page.size) {
    throw corrupt('levels lead beyond their page');
  }
  const repetition = body.subarray(0, repetitionLength);
  const definition = body.subarray(repetitionLength, at);
  const stored = body.subarray(at);
  const packed = (header.flag(7) ?? true) && page.size > at;
  const plain = packed ? codec.decompress(stored, page.size - at) : stored;
  return assemble(page, leaf, repetition, definition, plain);
}

function assemble(
  page: Page,
  leaf: Leaf,
  repetitionBytes: Uint8Array,
  definitionBytes: Uint8Array,
  bytes: Uint8Array,
): DataPage {
  const { entries } = page;
  const repetition =
    leaf.maxRepetition === 0 ? undefined : readLevels(repetitionBytes, leaf.maxRepetition, entries);
  const definition = isOneRun(definitionBytes, leaf.maxDefinition, entries)
    ? undefined
    : readLevels(definitionBytes, leaf.maxDefinition, entries);
  let count = entries;
  if (definition !== undefined) {
    count = 0;
    for (const level of definition) if (level === leaf.maxDefinition) count++;
  }
  const values = readValues(bytes, leaf, page.encoding, count);
  return { entries, repetition, definition, values };
}

function readLevels(bytes: Uint8Array, greatest: number, count: number): Uint8Array {
  const levels = new Uint8Array(count);
  readHybrid(bytes, 0, bitWidthOf(greatest), levels);
  for (const level of levels) {
    if (level > greatest) throw corrupt('a level is beyond its greatest');
  }
  return levels;
}

/** Whether all levels are the greatest, in a single run: how a page without nulls is written. */
function isOneRun(bytes: Uint8Array, greatest: number, count: number): boolean {
  if (greatest === 0) return true;
  let header = 0;
  let at = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++] ?? 0;
    header += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return header % 2 === 0 && header / 2 >= count && bytes[at] === greatest;
}
