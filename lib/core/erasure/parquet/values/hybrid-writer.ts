/** A run of equal values shorter than this is packed: a run costs a header, and packing goes by 8. */
const SHORTEST_RUN = 8;

/**
 * Encodes values in the RLE / bit-packing hybrid, without a length in front. Padding is zeros.
 * Source: Encodings.md of apache/parquet-format, RLE = 3.
 */
export function writeHybrid(values: Uint8Array | Int32Array, width: number): Uint8Array {
  const groups = Math.ceil(values.length / 8) + 1;
  // Before each run of 8 or more at most one packed stretch; headers take up to 5 bytes, a value 4.
  const out = new Uint8Array(groups * (width + 14));
  let written = 0;

  function header(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) out[written++] = (rest % 128) | 128;
    out[written++] = rest;
  }

  /** Values [from, to), whole groups of 8 but for the last of all. */
  function pack(from: number, to: number): void {
    if (from === to) return;
    const count = Math.ceil((to - from) / 8);
    header(count * 2 + 1);
    let bit = 0;
    for (let i = from; i < to; i++, bit += width) {
      let value = values[i]! >>> 0;
      for (let put = 0; put < width;) {
        const offset = (bit + put) & 7;
        const take = Math.min(8 - offset, width - put);
        out[written + ((bit + put) >> 3)]! |= (value & ((1 << take) - 1)) << offset;
        value >>>= take;
        put += take;
      }
    }
    written += count * width;
  }

  let pending = 0;
  let at = 0;
  while (at < values.length) {
    let end = at + 1;
    while (end < values.length && values[end] === values[at]) end++;
    // What is packed before the run must fill its groups; the run lends the values.
    const lent = (8 - ((at - pending) & 7)) & 7;
    if (end - at - lent >= SHORTEST_RUN) {
      pack(pending, at + lent);
      header((end - at - lent) * 2);
      for (let i = 0; i < width; i += 8) out[written++] = (values[at]! >>> i) & 255;
      pending = end;
    }
    at = end;
  }
  pack(pending, values.length);
  return out.subarray(0, written);
}
