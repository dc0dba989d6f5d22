import { isUtf8, type Buffer } from 'node:buffer';

import { samePath } from '../../data-map/field-path.ts';
import type { CompiledMatcher } from '../compiled-matcher.ts';
import { PART, TUPLE_PATH } from '../value-table.ts';
import type { OpenFilter } from './filter-file.ts';
import type { FilterKey } from './filter-key.ts';
import { fuseTest } from './fuse-filter.ts';
import { TokenHasher } from './token-hasher.ts';
import { tokensOfCriterion } from './value-tokens.ts';

/** Flags of values that a criterion names alone; see value-table.ts. */
const ALONE = 2 ** PART - 1;
/** Low bits of an atom, which tell its kind; see compiler.ts. */
const ATOM_KIND = 7;
/** Criteria of several paths that are looked through; with more of them objects are read. */
const MOST_TUPLES = 100_000;

type Test = (low: number, high: number) => boolean;

/** A criterion of several paths: its values, each by path id and place among the path's values. */
type Tuple = readonly { path: number; entry: number }[];

/**
 * The criteria as filters are asked about them: each value's keyed hashes, made once for all objects.
 * A million criteria take 8 MB for each kind of path that they meet.
 */
export class CriteriaProbe {
  readonly #matcher: CompiledMatcher;
  readonly #hasher: TokenHasher;
  readonly #prefixes: readonly (Uint8Array | undefined)[];
  readonly #tuples: readonly Tuple[] | undefined;
  /** By path and kinds: hashes of values that are named alone; undefined where they can't be had. */
  readonly #alone = new Map<string, Uint32Array | undefined>();
  /** By path and kinds: of each entry that stands in criteria of several paths. */
  readonly #parts = new Map<string, ReadonlyMap<number, Uint32Array> | undefined>();

  constructor(matcher: CompiledMatcher, key: FilterKey) {
    this.#matcher = matcher;
    this.#hasher = new TokenHasher(key.hashKey);
    this.#prefixes = matcher.paths.map((path) =>
      path.kind === 'field' ? this.#hasher.prefixOf(path.segments) : undefined,
    );
    this.#tuples = matcher.ignoreCase ? undefined : tuplesOf(matcher);
  }

  /**
   * Whether an object with this filter may meet a criterion; `undecidable` where names compare
   * without case, a path is a JSONPath or is none of the filter's under the criterion's rule, a value
   * is no Unicode text, or there are too many criteria of several paths.
   */
  ask(filter: OpenFilter): 'absent' | 'may-hold' | 'undecidable' {
    const places = this.placesIn(filter);
    if (this.#tuples === undefined || places === undefined) return 'undecidable';
    const tests = filter.parts.map(fuseTest);
    const test: Test = (low, high) => tests.some((each) => each(low, high));
    for (const [path, place] of places.entries()) {
      const hashes = this.#aloneOf(path, filter.kinds[place]!);
      if (hashes === undefined) return 'undecidable';
      if (someHash(hashes, test)) return 'may-hold';
    }
    const kindsOf = (path: number): number => filter.kinds[places[path]!]!;
    for (const tuple of this.#tuples) {
      const met = this.#tupleMet(tuple, kindsOf, test);
      if (met === undefined) return 'undecidable';
      if (met) return 'may-hold';
    }
    return 'absent';
  }

  /** For each of the matcher's paths its place among the filter's; undefined when one has none. */
  placesIn(filter: OpenFilter): readonly number[] | undefined {
    const { paths, rules } = this.#matcher;
    const places = paths.map((path, id) =>
      path.kind === 'field'
        ? filter.paths.findIndex(
            (segments, at) =>
              samePath(segments, path.segments) &&
              (rules[id] === 'exact' || rules[id] === filter.rules[at]),
          )
        : -1,
    );
    return places.includes(-1) ? undefined : places;
  }

  #tupleMet(tuple: Tuple, kindsOf: (path: number) => number, test: Test): boolean | undefined {
    for (const { path, entry } of tuple) {
      const parts = this.#partsOf(path, kindsOf(path));
      if (parts === undefined) return undefined;
      if (!someHash(parts.get(entry)!, test)) return false;
    }
    return true;
  }

  #aloneOf(path: number, kinds: number): Uint32Array | undefined {
    const name = `${path} ${kinds}`;
    if (!this.#alone.has(name)) this.#alone.set(name, this.#hashAlone(path, kinds));
    return this.#alone.get(name);
  }

  #hashAlone(path: number, kinds: number): Uint32Array | undefined {
    let hashes = new Uint32Array(64);
    let length = 0;
    for (const { flags, bytes } of this.#matcher.table.entries(path)) {
      if ((flags & ALONE) === 0) continue;
      const some = this.#hash(path, kinds, bytes);
      if (some === undefined) return undefined;
      if (length + some.length > hashes.length) {
        const wider = new Uint32Array((length + some.length) * 2);
        wider.set(hashes);
        hashes = wider;
      }
      hashes.set(some, length);
      length += some.length;
    }
    return hashes.slice(0, length);
  }

  #partsOf(path: number, kinds: number): ReadonlyMap<number, Uint32Array> | undefined {
    const name = `${path} ${kinds}`;
    if (!this.#parts.has(name)) this.#parts.set(name, this.#hashParts(path, kinds));
    return this.#parts.get(name);
  }

  #hashParts(path: number, kinds: number): ReadonlyMap<number, Uint32Array> | undefined {
    const parts = new Map<number, Uint32Array>();
    for (const { entry, flags, bytes } of this.#matcher.table.entries(path)) {
      if (flags >> PART === 0) continue;
      const some = this.#hash(path, kinds, bytes);
      if (some === undefined) return undefined;
      parts.set(entry, some);
    }
    return parts;
  }

  /** Undefined for what is no UTF-8: a lone surrogate, which the table writes in its own way. */
  #hash(path: number, kinds: number, bytes: Buffer): Uint32Array | undefined {
    // The table's memory is shared between threads, which isUtf8 does not take.
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd') && !isUtf8(Uint8Array.from(bytes))) return undefined;
    const hashes: number[] = [];
    for (const token of tokensOfCriterion(text, kinds)) {
      const { low, high } = this.#hasher.hash(this.#prefixes[path]!, token);
      hashes.push(low, high);
    }
    return Uint32Array.from(hashes);
  }
}

function tuplesOf({ table, criteria: { shapes } }: CompiledMatcher): Tuple[] | undefined {
  const tuples: Tuple[] = [];
  for (const { bytes } of table.entries(TUPLE_PATH)) {
    if (tuples.length === MOST_TUPLES) return undefined;
    const shape = shapes[bytes.readUInt32LE(0)]!;
    tuples.push(
      shape.map((path, at) => {
        const atom = bytes.readUInt32LE(4 + at * 4);
        return { path, entry: atom - (atom & ATOM_KIND) };
      }),
    );
  }
  return tuples;
}

function someHash(hashes: Uint32Array, test: Test): boolean {
  for (let at = 0; at < hashes.length; at += 2) {
    if (test(hashes[at]!, hashes[at + 1]!)) return true;
  }
  return false;
}
