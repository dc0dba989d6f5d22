import {
  readDeltaBytes,
  readDeltaLengths,
  readDeltas,
  writeDeltaBytes,
  writeDeltaLengths,
  writeDeltas,
} from './delta-values.ts';
import { corrupt, unsupported } from '../fault.ts';
import { readHybrid } from './hybrid-reader.ts';
import { writeHybrid } from './hybrid-writer.ts';
import { PHYSICAL, type Leaf } from '../schema/schema.ts';
import {
  readPlainBytes,
  readPlainFixed,
  type ByteValues,
  type Dictionary,
  type Values,
} from './values.ts';

/** Encoding of parquet.thrift. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

export function isDictionaryEncoding(encoding: number): boolean {
  return encoding === ENCODING.rleDictionary || encoding === ENCODING.plainDictionary;
}

/** Decodes the values of a data page (levels taken off). Throws a fault. */
export function readValues(bytes: Uint8Array, leaf: Leaf, encoding: number, count: number): Values {
  if (isDictionaryEncoding(encoding)) {
    const indexes = new Int32Array(count);
    if (count > 0) readHybrid(bytes, 1, bytes[0] ?? 0, indexes);
    return { kind: 'indexes', count, indexes };
  }
  // A page of nulls only may have no bytes at all.
  if (count === 0 || encoding === ENCODING.plain) return readPlain(bytes, leaf, count);
  switch (encoding) {
    case ENCODING.rle: {
      if (leaf.physical !== PHYSICAL.boolean) break;
      const bits = new Uint8Array(count);
      readHybrid(bytes, 4, 1, bits);
      return { kind: 'bits', count, bits };
    }
    case ENCODING.deltaBinaryPacked: {
      if (leaf.physical !== PHYSICAL.int32 && leaf.physical !== PHYSICAL.int64) break;
      const wide = leaf.physical === PHYSICAL.int64;
      const { values } = readDeltas(
        bytes,
        0,
        wide ? new BigInt64Array(count) : new Int32Array(count),
      );
      return { kind: 'fixed', count, width: leaf.width, bytes: new Uint8Array(values.buffer) };
    }
    case ENCODING.deltaLengthByteArray:
      if (leaf.physical !== PHYSICAL.byteArray) break;
      return readDeltaLengths(bytes, 0, count);
    case ENCODING.deltaByteArray: {
      const values = readDeltaBytes(bytes, count);
      if (leaf.physical === PHYSICAL.byteArray) return values;
      if (leaf.physical !== PHYSICAL.fixed) break;
      for (let i = 0; i < count; i++) {
        if (values.ends[i]! - values.starts[i]! !== leaf.width) {
          throw corrupt('a value has not its fixed length');
        }
      }
      return readPlainFixed(values.data, count, leaf.width);
    }
    case ENCODING.byteStreamSplit:
      if (leaf.width === 0) break;
      return readPlainFixed(joinStreams(bytes, count, leaf.width), count, leaf.width);
  }
  throw unsupported(`encoding ${encoding} of column "${leaf.name}"`);
}

/** Values of a dictionary page, or of a PLAIN data page. */
function readPlain(bytes: Uint8Array, leaf: Leaf, count: number): Values {
  if (leaf.physical === PHYSICAL.byteArray) return readPlainBytes(bytes, count);
  if (leaf.physical !== PHYSICAL.boolean) return readPlainFixed(bytes, count, leaf.width);
  if (Math.ceil(count / 8) > bytes.length) throw corrupt('a page has fewer values than it should');
  const bits = new Uint8Array(count);
  for (let i = 0; i < count; i++) bits[i] = (bytes[i >> 3]! >> (i & 7)) & 1;
  return { kind: 'bits', count, bits };
}

export function readDictionary(bytes: Uint8Array, leaf: Leaf, count: number): Dictionary {
  const values = readPlain(bytes, leaf, count);
  if (values.kind === 'fixed' || values.kind === 'bytes') return values;
  throw unsupported('a dictionary of booleans');
}

/** Encodes values; `dictionarySize` counts where they are indexes. */
export function writeValues(values: Values, encoding: number, dictionarySize: number): Uint8Array {
  switch (values.kind) {
    case 'indexes': {
      const width = 32 - Math.clz32(Math.max(dictionarySize - 1, 0));
      return Buffer.concat([Uint8Array.of(width), writeHybrid(values.indexes, width)]);
    }
    case 'bits':
      return encoding === ENCODING.rle ? writeBitRuns(values.bits) : packBits(values.bits);
    case 'bytes':
      if (encoding === ENCODING.deltaLengthByteArray) return writeDeltaLengths(values);
      return encoding === ENCODING.deltaByteArray ? writeDeltaBytes(values) : writePlain(values);
    case 'fixed':
      if (encoding === ENCODING.deltaBinaryPacked) {
        // Typed arrays want aligned memory of their own.
        const { buffer } = Uint8Array.from(values.bytes);
        return writeDeltas(values.width === 8 ? new BigInt64Array(buffer) : new Int32Array(buffer));
      }
      if (encoding === ENCODING.deltaByteArray) return writeDeltaBytes(values);
      return encoding === ENCODING.byteStreamSplit
        ? splitStreams(values.bytes, values.count, values.width)
        : values.bytes;
  }
}

export function writePlain(values: Dictionary): Uint8Array {
  if (values.kind === 'fixed') return values.bytes;
  let size = values.count * 4;
  for (let i = 0; i < values.count; i++) size += values.ends[i]! - values.starts[i]!;
  const out = Buffer.allocUnsafe(size);
  const { data, starts, ends } = values;
  let at = 0;
  for (let i = 0; i < values.count;) {
    let last = i;
    while (last + 1 < values.count && isPlainNext(values, last)) last++;
    out.writeUInt32LE(ends[i]! - starts[i]!, at);
    out.set(data.subarray(starts[i], ends[last]), at + 4);
    at += 4 + ends[last]! - starts[i]!;
    i = last + 1;
  }
  return out;
}

/** Whether the value after `at` follows in the data just as it would be written. */
function isPlainNext(values: ByteValues, at: number): boolean {
  const end = values.ends[at]!;
  const start = values.starts[at + 1]!;
  if (start !== end + 4) return false;
  const { data } = values;
  const length =
    data[end]! | (data[end + 1]! << 8) | (data[end + 2]! << 16) | (data[end + 3]! << 24);
  return length === values.ends[at + 1]! - start;
}

function packBits(bits: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => (out[i >> 3]! |= bit << (i & 7)));
  return out;
}

function writeBitRuns(bits: Uint8Array): Uint8Array {
  const runs = writeHybrid(bits, 1);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(runs.length);
  return Buffer.concat([length, runs]);
}

/** Byte k of all values, then byte k + 1 of all, to whole values. */
function joinStreams(bytes: Uint8Array, count: number, width: number): Uint8Array {
  if (count * width > bytes.length) throw corrupt('a page has fewer values than it should');
  const out = new Uint8Array(count * width);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < count; i++) out[i * width + k] = bytes[k * count + i]!;
  }
  return out;
}

function splitStreams(bytes: Uint8Array, count: number, width: number): Uint8Array {
  const out = new Uint8Array(count * width);
  for (let k = 0; k < width; k++) {
    for (let i = 0; i < count; i++) out[k * count + i] = bytes[i * width + k]!;
  }
  return out;
}
