import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { corrupt, unsupported } from '../fault.ts';
import { bytesAt, type ByteValues, type Dictionary } from './values.ts';

/** What shared prefixes may unfold to in one page. */
const MOST_BYTES = 512 << 20;

/** Reads DELTA_BINARY_PACKED integers; answers them and where they end. */
export function readDeltas<T extends Int32Array | BigInt64Array>(
  bytes: Uint8Array,
  at: number,
  out: T,
): { values: T; end: number } {
  checkHeader(bytes, at, out.length);
  const reader = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    offset: at,
  };
  try {
    deltaBinaryUnpack(reader, out.length, out);
  } catch (cause) {
    throw corrupt('delta-encoded values are cut off', cause);
  }
  if (reader.offset > bytes.length) throw corrupt('delta-encoded values are cut off');
  return { values: out, end: reader.offset };
}

/** The library trusts the header; so it must be in bounds. */
function checkHeader(bytes: Uint8Array, at: number, count: number): void {
  const parts: number[] = [];
  for (let part = 0; part < 3; part++) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw corrupt('delta-encoded values are cut off');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    parts.push(value);
  }
  const [block = 0, miniblocks = 0, total = 0] = parts;
  const sound =
    block >= 128 &&
    block <= 1 << 20 &&
    miniblocks >= 1 &&
    (block / miniblocks) % 32 === 0 &&
    total === count;
  if (!sound) throw corrupt('delta-encoded values have an unsound header');
}

export function writeDeltas(values: Int32Array | BigInt64Array): Uint8Array {
  const writer = new ByteWriter();
  deltaBinaryPack(writer, values, values instanceof Int32Array ? 'INT32' : 'INT64');
  return writer.getBytes();
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function readDeltaLengths(bytes: Uint8Array, at: number, count: number): ByteValues {
  const lengths = readDeltas(bytes, at, new Int32Array(count));
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let from = lengths.end;
  for (let i = 0; i < count; i++) {
    const length = lengths.values[i]!;
    if (length < 0 || from + length > bytes.length) throw corrupt('a value leads beyond its page');
    starts[i] = from;
    from += length;
    ends[i] = from;
  }
  return { kind: 'bytes', count, data: bytes, starts, ends };
}

export function writeDeltaLengths(values: Dictionary): Uint8Array {
  const parts: Uint8Array[] = [];
  const lengths = new Int32Array(values.count);
  for (let i = 0; i < values.count; i++) {
    const value = bytesAt(values, i);
    lengths[i] = value.length;
    parts.push(value);
  }
  return Buffer.concat([writeDeltas(lengths), ...parts]);
}

/** DELTA_BYTE_ARRAY: how much each value shares with the one before, and the rest of it. */
export function readDeltaBytes(bytes: Uint8Array, count: number): ByteValues {
  const prefixes = readDeltas(bytes, 0, new Int32Array(count));
  const suffixes = readDeltaLengths(bytes, prefixes.end, count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += prefixes.values[i]! + suffixes.ends[i]! - suffixes.starts[i]!;
    if (total > MOST_BYTES) throw unsupported('a page of more than 512 MiB');
  }
  if (total < 0) throw corrupt('delta-encoded values are unsound');
  const data = new Uint8Array(total);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const prefix = prefixes.values[i]!;
    const before = i === 0 ? 0 : ends[i - 1]! - starts[i - 1]!;
    if (prefix < 0 || prefix > before) throw corrupt('delta-encoded values are unsound');
    starts[i] = at;
    if (prefix > 0) data.copyWithin(at, starts[i - 1]!, starts[i - 1]! + prefix);
    data.set(bytes.subarray(suffixes.starts[i], suffixes.ends[i]), at + prefix);
    at += prefix + suffixes.ends[i]! - suffixes.starts[i]!;
    ends[i] = at;
  }
  return { kind: 'bytes', count, data, starts, ends };
}

export function writeDeltaBytes(values: Dictionary): Uint8Array {
  const prefixes = new Int32Array(values.count);
  const lengths = new Int32Array(values.count);
  const parts: Uint8Array[] = [];
  let before: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < values.count; i++) {
    const value = bytesAt(values, i);
    let shared = 0;
    const most = Math.min(before.length, value.length);
    while (shared < most && before[shared] === value[shared]) shared++;
    prefixes[i] = shared;
    lengths[i] = value.length - shared;
    parts.push(value.subarray(shared));
    before = value;
  }
  return Buffer.concat([writeDeltas(prefixes), writeDeltas(lengths), ...parts]);
}
