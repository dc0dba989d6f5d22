/**
 * SipHash-2-4 with 64 bits of output: a keyed hash that is strong under a secret key and costs tens
 * of nanoseconds where HMAC-SHA256 costs microseconds.
 * Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
export class SipHash {
  /** The last hash, low and high 32 bits, unsigned. */
  low = 0;
  high = 0;

  readonly #k: Int32Array;
  readonly #v = new Int32Array(8);

  /** @param key 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('a SipHash key is 16 bytes');
    this.#k = Int32Array.from({ length: 4 }, (_, index) => word(key, index * 4));
  }

  /** Hashes `bytes[0, length)` into {@link low} and {@link high}. */
  hash(bytes: Uint8Array, length: number): void {
    const v = this.#v;
    const [k0l = 0, k0h = 0, k1l = 0, k1h = 0] = this.#k;
    v[0] = k0l ^ 0x70736575;
    v[1] = k0h ^ 0x736f6d65;
    v[2] = k1l ^ 0x6e646f6d;
    v[3] = k1h ^ 0x646f7261;
    v[4] = k0l ^ 0x6e657261;
    v[5] = k0h ^ 0x6c796765;
    v[6] = k1l ^ 0x79746573;
    v[7] = k1h ^ 0x74656462;
    const whole = length & ~7;
    for (let at = 0; at < whole; at += 8) this.#absorb(word(bytes, at), word(bytes, at + 4));
    let low = 0;
    let high = (length & 0xff) << 24;
    for (let index = 0; index < (length & 7); index++) {
      const byte = bytes[whole + index]!;
      if (index < 4) low |= byte << (8 * index);
      else high |= byte << (8 * (index - 4));
    }
    this.#absorb(low, high);
    v[4] = v[4] ^ 0xff;
    for (let round = 0; round < 4; round++) this.#round();
    this.low = (v[0] ^ v[2] ^ v[4] ^ v[6]) >>> 0;
    this.high = (v[1] ^ v[3] ^ v[5] ^ v[7]) >>> 0;
  }

  #absorb(low: number, high: number): void {
    const v = this.#v;
    v[6] = v[6]! ^ low;
    v[7] = v[7]! ^ high;
    this.#round();
    this.#round();
    v[0] = v[0]! ^ low;
    v[1] = v[1]! ^ high;
  }

  #round(): void {
    const v = this.#v;
    add(v, 0, 2);
    rotateAndXor(v, 2, 13, 0);
    swap(v, 0);
    add(v, 4, 6);
    rotateAndXor(v, 6, 16, 4);
    add(v, 0, 6);
    rotateAndXor(v, 6, 21, 0);
    add(v, 4, 2);
    rotateAndXor(v, 2, 17, 4);
    swap(v, 4);
  }
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** v[to] += v[from], both of 64 bits, low word first. */
function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to]! >>> 0) + (v[from]! >>> 0);
  v[to] = low | 0;
  v[to + 1] = (v[to + 1]! + v[from + 1]! + (low > 0xffffffff ? 1 : 0)) | 0;
}

/** v[at] = (v[at] rotated left by `bits` < 32) xor v[other]. */
function rotateAndXor(v: Int32Array, at: number, bits: number, other: number): void {
  const low = v[at]!;
  const high = v[at + 1]!;
  v[at] = ((low << bits) | (high >>> (32 - bits))) ^ v[other]!;
  v[at + 1] = ((high << bits) | (low >>> (32 - bits))) ^ v[other + 1]!;
}

/** Rotates v[at] by 32 bits. */
function swap(v: Int32Array, at: number): void {
  const low = v[at]!;
  v[at] = v[at + 1]!;
  v[at + 1] = low;
}
