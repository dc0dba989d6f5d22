// Base64 by vectors of 16 characters. Source: W. Muła, D. Lemire, "Faster Base64 Encoding and
// Decoding using AVX2 Instructions", 2018; the multiplications are written as shifts here.
import { DECODING, ENCODING } from './layout';

/** Decodes `length` characters (a multiple of 4, at least 4). Answers the bytes written, or -1. */
export function decode(from: usize, length: usize, to: usize): i32 {
  const begin = to;
  const last = from + length - 4;
  let faults = i64x2.splat(0);
  while (from + 16 <= last) {
    const text = v128.load(from);
    // Engines have no shift of bytes: shift words, and mask what came over.
    const high = v128.and(i32x4.shr_u(text, 4), i8x16.splat(0x0f));
    const fault = v128.and(
      i8x16.swizzle(
        i8x16(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a),
        v128.and(text, i8x16.splat(0x0f)),
      ),
      i8x16.swizzle(
        i8x16(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10),
        high,
      ),
    );
    faults = v128.or(faults, fault);
    const roll = i8x16.swizzle(
      i8x16(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0),
      i8x16.add(i8x16.eq(text, i8x16.splat(0x2f)), high),
    );
    const sixes = i8x16.add(text, roll);
    const twelves = v128.or(
      v128.and(i32x4.shl(sixes, 6), i32x4.splat(0x0fc0_0fc0)),
      v128.and(i32x4.shr_u(sixes, 8), i32x4.splat(0x003f_003f)),
    );
    const whole = v128.or(
      i32x4.shl(v128.and(twelves, i32x4.splat(0xfff)), 12),
      i32x4.shr_u(twelves, 16),
    );
    v128.store(
      to,
      i8x16.shuffle(whole, whole, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 3, 7, 11, 15),
    );
    from += 16;
    to += 12;
  }
  if (v128.any_true(faults)) return -1;
  while (from < last) {
    const a = value(from, 0);
    const b = value(from, 1);
    const c = value(from, 2);
    const d = value(from, 3);
    if ((a | b | c | d) > 63) return -1;
    store<u8>(to, (a << 2) | (b >> 4));
    store<u8>(to, (b << 4) | (c >> 2), 1);
    store<u8>(to, (c << 6) | d, 2);
    from += 4;
    to += 3;
  }
  const a = value(last, 0);
  const b = value(last, 1);
  if ((a | b) > 63) return -1;
  store<u8>(to++, (a << 2) | (b >> 4));
  const pad = load<u8>(last, 3) == 0x3d;
  if (pad && load<u8>(last, 2) == 0x3d) {
    // Bits beyond the last byte must be 0, else the text is not as we would write it.
    return (b & 15) == 0 ? <i32>(to - begin) : -1;
  }
  const c = value(last, 2);
  if (c > 63) return -1;
  store<u8>(to++, (b << 4) | (c >> 2));
  if (pad) return (c & 3) == 0 ? <i32>(to - begin) : -1;
  const d = value(last, 3);
  if (d > 63) return -1;
  store<u8>(to++, (c << 6) | d);
  return <i32>(to - begin);
}

/** Encodes bytes; may read and write up to 15 bytes too far. Answers the end of the text. */
export function encode(from: usize, end: usize, to: usize): usize {
  while (from + 12 <= end) {
    // Big-endian triples: b0 b1 b2 as one number of 24 bits in each lane.
    const bytes = v128.load(from);
    const triples = i8x16.shuffle(
      bytes, i64x2.splat(0),
      2, 1, 0, 16, 5, 4, 3, 16, 8, 7, 6, 16, 11, 10, 9, 16,
    );
    const sixes = v128.or(
      v128.or(
        v128.and(i32x4.shr_u(triples, 18), i32x4.splat(0x3f)),
        v128.and(i32x4.shr_u(triples, 4), i32x4.splat(0x3f00)),
      ),
      v128.or(
        v128.and(i32x4.shl(triples, 10), i32x4.splat(0x3f_0000)),
        v128.and(i32x4.shl(triples, 24), i32x4.splat(0x3f00_0000)),
      ),
    );
    const kind = v128.or(
      i8x16.sub_sat_u(sixes, i8x16.splat(51)),
      v128.and(i8x16.lt_u(sixes, i8x16.splat(26)), i8x16.splat(13)),
    );
    const shift = i8x16.swizzle(
      i8x16(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0),
      kind,
    );
    v128.store(to, i8x16.add(sixes, shift));
    from += 12;
    to += 16;
  }
  while (from < end) {
    const left = end - from;
    const a: u32 = load<u8>(from);
    const b: u32 = left > 1 ? load<u8>(from, 1) : 0;
    const c: u32 = left > 2 ? load<u8>(from, 2) : 0;
    store<u8>(to, character(a >> 2));
    store<u8>(to, character(((a & 3) << 4) | (b >> 4)), 1);
    store<u8>(to, left > 1 ? character(((b & 15) << 2) | (c >> 6)) : 0x3d, 2);
    store<u8>(to, left > 2 ? character(c & 63) : 0x3d, 3);
    from += 3;
    to += 4;
  }
  return to;
}

// @ts-ignore: decorator
@inline
function value(at: usize, index: usize): u32 {
  return load<u8>(DECODING + load<u8>(at + index));
}

// @ts-ignore: decorator
@inline
function character(sixBits: u32): u8 {
  return load<u8>(ENCODING + sixBits);
}
