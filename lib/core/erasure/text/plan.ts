/** What `find` keeps of a text object, for `forget`. */
export interface TextPlan {
  /** Bytes at the beginning that belong to every part: a BOM, a header. */
  readonly head: number;
  /** Of the decompressed object, in bytes. */
  readonly length: number;
  readonly rows: number;
  readonly matched: number;
  /** What is to be cut, ascending, not touching; see {@link CutList}. */
  readonly cuts: Uint8Array;
}

/** Of one object's cuts; beyond, it is searched again rather than remembered. About 4 bytes a cut. */
export const MAX_CUT_BYTES = 8 << 20;
/** Two numbers of up to 8 bytes each. */
const LONGEST_CUT = 16;

/** Remembers cuts: of each its distance from the one before and its length, 7 bits a byte. */
export class CutList {
  #bytes: Uint8Array | undefined;
  #length = 0;
  /** Where the last cut that is written ends. */
  #written = 0;
  /** The last cut, not written yet: what follows may go on from it. */
  #from = 0;
  #to = 0;

  /** @param bytes where they are put, as long as there is room */
  constructor(bytes: Uint8Array = new Uint8Array(256)) {
    this.#bytes = bytes;
  }

  /** Adds pairs relative to `offset`. */
  add(offset: number, cuts: readonly number[]): void {
    for (let index = 0; index < cuts.length; index += 2) {
      this.#addOne(offset + cuts[index]!, offset + cuts[index + 1]!);
    }
  }

  /** Adds the cuts of another list, relative to `offset`. */
  addAll(offset: number, cuts: Uint8Array): void {
    const cursor = new CutCursor(cuts);
    while (!cursor.isAtEnd) {
      this.#addOne(offset + cursor.from, offset + cursor.to);
      cursor.next();
    }
  }

  /** A view of what was filled. Undefined when there were too many cuts to remember. */
  finish(): Uint8Array | undefined {
    this.#write();
    return this.#bytes?.subarray(0, this.#length);
  }

  #addOne(from: number, to: number): void {
    if (from !== this.#to) {
      this.#write();
      this.#from = from;
    }
    this.#to = to;
  }

  #write(): void {
    if (this.#to === this.#from || this.#bytes === undefined) return;
    if (this.#length + LONGEST_CUT > this.#bytes.length) {
      const wider = new Uint8Array(this.#bytes.length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider.length > MAX_CUT_BYTES ? undefined : wider;
    }
    this.#put(this.#from - this.#written);
    this.#put(this.#to - this.#from);
    this.#from = this.#written = this.#to;
  }

  #put(value: number): void {
    if (this.#bytes === undefined) return;
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    // Beyond 31 bits the operators on bits would cut it off.
    while (rest > 0x7fff_ffff) {
      bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }
}

/**
 * The plan of an object from those of its pieces, which follow each other from the beginning on.
 * @param offsets where each begins
 */
export function joinPlans(
  pieces: readonly TextPlan[],
  offsets: readonly number[],
): TextPlan | undefined {
  const most = pieces.reduce((sum, { cuts }) => sum + cuts.length + LONGEST_CUT, LONGEST_CUT);
  if (most > MAX_CUT_BYTES) return undefined;
  // Shared, so that the thread that cuts is handed no copy.
  const list = new CutList(new Uint8Array(new SharedArrayBuffer(most)));
  const joined = { head: 0, length: 0, rows: 0, matched: 0 };
  for (const [index, { head, length, rows, matched, cuts }] of pieces.entries()) {
    list.addAll(offsets[index]!, cuts);
    joined.head += head;
    joined.length += length;
    joined.rows += rows;
    joined.matched += matched;
  }
  const cuts = list.finish();
  return cuts && { ...joined, cuts };
}

/** Gives back the cuts of a list, and those that lie in one stretch after the other. */
export class CutCursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The cut that it stands at. */
  from = 0;
  to = 0;
  isAtEnd = false;

  constructor(cuts: Uint8Array) {
    this.#bytes = cuts;
    this.next();
  }

  next(): void {
    this.isAtEnd = this.#at === this.#bytes.length;
    if (this.isAtEnd) return;
    this.from = this.to + this.#take();
    this.to = this.from + this.#take();
  }

  /** Pairs relative to `offset`; a cut that goes on beyond the stretch comes in parts. */
  within(offset: number, length: number): number[] {
    const cuts: number[] = [];
    const end = offset + length;
    while (!this.isAtEnd && this.from < end) {
      cuts.push(Math.max(this.from, offset) - offset, Math.min(this.to, end) - offset);
      if (this.to > end) break;
      this.next();
    }
    return cuts;
  }

  #take(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}
