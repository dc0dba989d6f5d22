import { buildFuse, fuseBytes, MOST_HASHES, type FuseFilter } from './fuse-filter.ts';
import { HashSet } from './hash-set.ts';

/** A filter larger than this share of the plain data is not worth keeping. */
const MOST_SHARE = 0.02;
/** 1 in 256; where that is too large, 1 in 128. */
const WIDTHS = [8, 7];
/** For objects of more hashes than one part takes: 16 parts at 1 in 4,096 are 1 in 256 together. */
const PARTED_WIDTH = 12;
const MOST_PARTS = 16;
/** What a filter's header says of a part, in bytes at most. */
const PART_HEADER = 64;

export type BuiltParts =
  | { kind: 'parts'; parts: readonly FuseFilter[] }
  /** More than {@link MOST_PARTS} million values, or a filter beyond {@link MOST_SHARE}. */
  | { kind: 'too-many' }
  | { kind: 'too-large' };

/** Takes hashes in any number, repeated ones included, in some 60 MB at most. */
export class FilterBuilder {
  readonly #set = new HashSet();
  readonly #parts: FuseFilter[] = [];
  #isOver = false;
  readonly #partSize: number;

  /** @param partSize hashes of one part. @default a million */
  constructor(partSize = MOST_HASHES) {
    this.#partSize = partSize;
  }

  add(low: number, high: number): void {
    if (this.#set.size === this.#partSize) this.#part();
    this.#set.add(low, high);
  }

  /**
   * @param overhead bytes of the filter without any part.
   * @param plainBytes of the object, decompressed.
   */
  finish(overhead: number, plainBytes: number): BuiltParts {
    if (this.#parts.length > 0) this.#part();
    if (this.#isOver) return { kind: 'too-many' };
    const most = plainBytes * MOST_SHARE - overhead - PART_HEADER * (this.#parts.length + 1);
    if (this.#parts.length > 0) {
      const bytes = this.#parts.reduce((sum, part) => sum + part.bytes.length, 0);
      return bytes < most ? { kind: 'parts', parts: this.#parts } : { kind: 'too-large' };
    }
    const width = WIDTHS.find((each) => fuseBytes(this.#set.size, each) < most);
    if (width === undefined) return { kind: 'too-large' };
    return { kind: 'parts', parts: [buildFuse(this.#set.toArray(), width)] };
  }

  #part(): void {
    this.#isOver ||= this.#parts.length === MOST_PARTS;
    if (!this.#isOver) this.#parts.push(buildFuse(this.#set.toArray(), PARTED_WIDTH));
    this.#set.clear();
  }
}
