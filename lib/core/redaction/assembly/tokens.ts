// JSON tokens of the record in [at, end). Past its end lie zeros, which no token may hold: reading a
// little too far is safe and ends in a fault. A fault only means that the reference path decides.

/** Position of the next byte. */
export let at: usize = 0;
/** Whether the last string held a backslash. */
export let escaped: bool = false;

export function seek(position: usize): void {
  at = position;
}

// @ts-ignore: decorator
@inline
export function byte(): u32 {
  return load<u8>(at);
}

// @ts-ignore: decorator
@inline
export function space(): void {
  if (load<u8>(at) <= 0x20) spaces();
}

function spaces(): void {
  let here = at;
  while (true) {
    const next = load<u8>(here);
    if (next != 0x20 && next != 0x0a && next != 0x0d && next != 0x09) break;
    here++;
  }
  at = here;
}

/** A string; `at` is its opening quote. */
export function string(): bool {
  // Engines keep a local in a register, a global in memory.
  let here = at + 1;
  escaped = false;
  while (true) {
    const text = v128.load(here);
    // Control characters are below 0x20, and so is, signed, all that is beyond ASCII.
    const stops = i8x16.bitmask(
      v128.or(
        i8x16.lt_s(text, i8x16.splat(0x20)),
        v128.or(i8x16.eq(text, i8x16.splat(0x22)), i8x16.eq(text, i8x16.splat(0x5c))),
      ),
    );
    if (stops == 0) {
      here += 16;
      continue;
    }
    here += ctz(stops);
    const next: u32 = load<u8>(here);
    if (next == 0x22) {
      at = here + 1;
      return true;
    }
    at = here;
    if (next == 0x5c) {
      escaped = true;
      if (!escape()) return false;
    } else if (next < 0x80 || !sequence(next)) return false;
    here = at;
  }
}

function escape(): bool {
  const next: u32 = load<u8>(at, 1);
  if (next != 0x75) {
    at += 2;
    // " \ / b f n r t
    return (
      next == 0x22 || next == 0x5c || next == 0x2f || next == 0x62 ||
      next == 0x66 || next == 0x6e || next == 0x72 || next == 0x74
    );
  }
  at += 2;
  for (let digit = 0; digit < 4; digit++) {
    const hex: u32 = load<u8>(at++);
    if (hex - 0x30 > 9 && (hex | 0x20) - 0x61 > 5) return false;
  }
  return true;
}

/** One UTF-8 sequence beyond ASCII. Source: Unicode 16, table 3-7. */
function sequence(lead: u32): bool {
  const second: u32 = load<u8>(at, 1);
  if (lead < 0xc2 || lead > 0xf4 || (second & 0xc0) != 0x80) return false;
  if (lead < 0xe0) {
    at += 2;
    return true;
  }
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return false;
  if (lead < 0xf0) {
    at += 3;
    return !((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f));
  }
  if ((load<u8>(at, 3) & 0xc0) != 0x80) return false;
  at += 4;
  return !((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f));
}

/** A string, number, `true`, `false` or `null`. */
export function scalar(): bool {
  const first = byte();
  if (first == 0x22) return string();
  if (first == 0x74) return word(0x65757274, 4);
  if (first == 0x6e) return word(0x6c6c756e, 4);
  if (first == 0x66) {
    at++;
    return word(0x65736c61, 4);
  }
  return number();
}

// @ts-ignore: decorator
@inline
function word(letters: u32, length: usize): bool {
  const found = load<u32>(at) == letters;
  at += length;
  return found;
}

function number(): bool {
  let here = at;
  if (load<u8>(here) == 0x2d) here++;
  if (load<u8>(here) == 0x30) here++;
  else {
    here = digits(here);
    if (here == 0) return false;
  }
  if (load<u8>(here) == 0x2e) {
    here = digits(here + 1);
    if (here == 0) return false;
  }
  if ((load<u8>(here) | 0x20) == 0x65) {
    const sign = load<u8>(here, 1);
    here = digits(sign == 0x2b || sign == 0x2d ? here + 2 : here + 1);
    if (here == 0) return false;
  }
  at = here;
  return true;
}

/** Past one or more digits, or 0 when there is none. */
// @ts-ignore: decorator
@inline
function digits(from: usize): usize {
  let here = from;
  while (<u32>load<u8>(here) - 0x30 <= 9) here++;
  return here == from ? 0 : here;
}

/** A key, its colon and the space around it. */
export function key(): bool {
  return byte() == 0x22 && string() && colon();
}

// @ts-ignore: decorator
@inline
export function colon(): bool {
  space();
  if (byte() != 0x3a) return false;
  at++;
  space();
  return true;
}

/** Any value. Beyond 64 levels the reference path takes over. */
export function skip(): bool {
  // The innermost container is the lowest bit: 1 object, 0 array.
  let containers: u64 = 0;
  let depth = 0;
  while (true) {
    const first = byte();
    if (first == 0x7b || first == 0x5b) {
      if (depth == 64) return false;
      depth++;
      containers = (containers << 1) | (first == 0x7b ? 1 : 0);
      at++;
      space();
      if (byte() != first + 2) {
        if (first == 0x7b && !key()) return false;
        continue;
      }
    } else {
      if (!scalar()) return false;
      if (depth == 0) return true;
    }
    while (true) {
      space();
      const next = byte();
      const inObject = (containers & 1) != 0;
      if (next == 0x2c) {
        at++;
        space();
        if (inObject && !key()) return false;
        break;
      }
      if (next != (inObject ? 0x7d : 0x5d)) return false;
      at++;
      containers >>= 1;
      if (--depth == 0) return true;
    }
  }
}
