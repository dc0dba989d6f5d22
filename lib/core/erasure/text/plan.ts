/** What `find` keeps of a text object, for `forget`. */
export interface TextPlan {
  /** Bytes at the beginning that belong to every part: a BOM, a header. */
  readonly head: number;
  /** Of the decompressed object, in bytes. */
  readonly length: number;
  readonly rows: number;
  readonly matched: number;
  /** [from, to) offsets in the decompressed object to be cut; ascending, not touching. */
  readonly cuts: Float64Array;
}

/** Beyond so many cuts an object is searched again rather than remembered. 16 bytes each. */
const MAX_CUTS = 250_000;

export class CutList {
  #cuts: Float64Array | undefined = new Float64Array(64);
  #length = 0;

  /** Adds pairs relative to `offset`. */
  add(offset: number, cuts: readonly number[]): void {
    if (cuts.length === 0 || this.#cuts === undefined) return;
    let first = 0;
    if (this.#length > 0 && this.#cuts[this.#length - 1] === offset + cuts[0]!) {
      this.#cuts[this.#length - 1] = offset + cuts[1]!;
      first = 2;
    }
    const length = this.#length + cuts.length - first;
    if (length > MAX_CUTS * 2) {
      this.#cuts = undefined;
      return;
    }
    if (length > this.#cuts.length) {
      const wider = new Float64Array(Math.max(length, this.#cuts.length * 2));
      wider.set(this.#cuts);
      this.#cuts = wider;
    }
    for (let index = first; index < cuts.length; index++) {
      this.#cuts[this.#length++] = offset + cuts[index]!;
    }
  }

  /** Undefined when there were too many cuts to remember. */
  finish(): Float64Array | undefined {
    return this.#cuts?.slice(0, this.#length);
  }
}

/** Gives back the part of a plan that lies in one stretch after the other. */
export class CutCursor {
  readonly #cuts: Float64Array;
  #next = 0;

  constructor(cuts: Float64Array) {
    this.#cuts = cuts;
  }

  /** Pairs relative to `offset`; a cut that goes on beyond the stretch comes in parts. */
  within(offset: number, length: number): number[] {
    const cuts: number[] = [];
    const end = offset + length;
    while (this.#next < this.#cuts.length && this.#cuts[this.#next]! < end) {
      const from = Math.max(this.#cuts[this.#next]!, offset);
      const to = this.#cuts[this.#next + 1]!;
      cuts.push(from - offset, Math.min(to, end) - offset);
      if (to > end) break;
      this.#next += 2;
    }
    return cuts;
  }
}
