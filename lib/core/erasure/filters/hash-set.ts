const LEAST = 1 << 10;

/** A set of 64-bit hashes in open addressing: 16 bytes a hash at most twice over. */
export class HashSet {
  size = 0;
  #words = new Uint32Array(LEAST * 2);
  /** The hash 0 stands for an empty place. */
  #hasZero = false;

  add(low: number, high: number): void {
    if (low === 0 && high === 0) {
      if (!this.#hasZero) this.size++;
      this.#hasZero = true;
      return;
    }
    if (this.size * 2 > this.#words.length / 2) this.#grow();
    if (place(this.#words, low, high)) this.size++;
  }

  /** Low and high half of each, in turns. */
  toArray(): Uint32Array {
    const hashes = new Uint32Array(this.size * 2);
    let to = this.#hasZero ? 2 : 0;
    for (let at = 0; at < this.#words.length; at += 2) {
      const low = this.#words[at]!;
      const high = this.#words[at + 1]!;
      if ((low | high) === 0) continue;
      hashes[to++] = low;
      hashes[to++] = high;
    }
    return hashes;
  }

  clear(): void {
    this.#words.fill(0);
    this.#hasZero = false;
    this.size = 0;
  }

  #grow(): void {
    const wider = new Uint32Array(this.#words.length * 2);
    for (let at = 0; at < this.#words.length; at += 2) {
      const low = this.#words[at]!;
      const high = this.#words[at + 1]!;
      if ((low | high) !== 0) place(wider, low, high);
    }
    this.#words = wider;
  }
}

/** Answers whether it was not there yet. */
function place(words: Uint32Array, low: number, high: number): boolean {
  const mask = words.length - 2;
  for (let at = (low * 2) & mask; ; at = (at + 2) & mask) {
    if (words[at] === low && words[at + 1] === high) return false;
    if ((words[at]! | words[at + 1]!) !== 0) continue;
    words[at] = low;
    words[at + 1] = high;
    return true;
  }
}
