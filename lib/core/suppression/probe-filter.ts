/** Bits a subject; with 4 set bits in one block about 1 probe in 500 is wrongly let through. */
const BITS_PER_SUBJECT = 16;
const LEAST_BITS = 1 << 13;

/**
 * A blocked Bloom filter over probes, small enough to lie in a scanner's memory (2 to 4 MB for a
 * million subjects). What is lifted from the list stays in it until it grows: that costs a look-up,
 * never a wrong answer.
 */
export class ProbeFilter {
  /** Rises whenever {@link words} changed; tells a copy that it is stale. */
  version = 0;
  /** Length is a power of two. */
  words = new Uint32Array(LEAST_BITS / 32);

  /** Adds one probe; `count` is how many there are, `all` yields each of them when it must grow. */
  add(
    low: number,
    high: number,
    count: number,
    all: () => Iterable<readonly [low: number, high: number]>,
  ): void {
    this.version++;
    if (count * BITS_PER_SUBJECT > this.words.length * 32) {
      this.words = new Uint32Array(this.words.length * 4);
      for (const [eachLow, eachHigh] of all()) this.#set(eachLow, eachHigh);
    }
    this.#set(low, high);
  }

  mayHold(low: number, high: number): boolean {
    const bits = bitsOf(high);
    return (this.words[low & (this.words.length - 1)]! & bits) >>> 0 === bits;
  }

  #set(low: number, high: number): void {
    const at = low & (this.words.length - 1);
    this.words[at] = this.words[at]! | bitsOf(high);
  }
}

/** Four bits of a 32-bit block, chosen by the high half of the probe. */
function bitsOf(high: number): number {
  return (
    ((1 << (high & 31)) |
      (1 << ((high >>> 5) & 31)) |
      (1 << ((high >>> 10) & 31)) |
      (1 << ((high >>> 15) & 31))) >>>
    0
  );
}
