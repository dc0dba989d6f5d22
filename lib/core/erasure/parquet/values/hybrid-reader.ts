import { corrupt } from '../fault.ts';

/**
 * Decodes `count` values of the RLE / bit-packing hybrid from `bytes`; answers where they end.
 * Source: Encodings.md of apache/parquet-format, RLE = 3.
 */
export function readHybrid(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array | Int32Array,
): number {
  if (width > 32) throw corrupt('a bit width is beyond 32');
  let seen = 0;
  while (seen < out.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw corrupt('a run of levels or indexes is cut off');
      header += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      const size = (width + 7) >> 3;
      if (at + size > bytes.length) throw corrupt('a run of levels or indexes is cut off');
      let value = 0;
      for (let i = 0; i < size; i++) value |= bytes[at++]! << (8 * i);
      const end = Math.min(out.length, seen + length);
      out.fill(value, seen, end);
      seen = end;
    } else {
      const values = Math.min(length * 8, out.length - seen);
      if (at + Math.ceil((values * width) / 8) > bytes.length) {
        throw corrupt('a run of levels or indexes is cut off');
      }
      unpack(bytes, at, width, out, seen, values);
      seen += values;
      at = Math.min(bytes.length, at + length * width);
    }
  }
  return at;
}

function unpack(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array | Int32Array,
  from: number,
  count: number,
): void {
  if (width === 0) {
    out.fill(0, from, from + count);
    return;
  }
  if (width > 24) {
    unpackWide(bytes, at, width, out, from, count);
    return;
  }
  const mask = (1 << width) - 1;
  let held = 0;
  let bits = 0;
  for (let i = from; i < from + count; i++) {
    while (bits < width) {
      held |= bytes[at++]! << bits;
      bits += 8;
    }
    out[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

/** Beyond 24 bits what is held and the next byte no longer fit 32 bits. */
function unpackWide(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Uint8Array | Int32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const bit = i * width;
    let value = 0;
    for (let got = 0; got < width;) {
      const offset = (bit + got) & 7;
      const take = Math.min(8 - offset, width - got);
      const part = (bytes[at + ((bit + got) >> 3)]! >> offset) & ((1 << take) - 1);
      value += part * 2 ** got;
      got += take;
    }
    out[from + i] = value;
  }
}

/** How many bits the greatest value takes. */
export function bitWidthOf(greatest: number): number {
  return 32 - Math.clz32(greatest);
}
