import { Buffer } from 'node:buffer';

import { CompiledMatcher } from '../compiled-matcher.ts';
import { CriteriaCompiler } from '../criteria/compiler.ts';
import { reserve } from '../engine.ts';
import type { TypedValue } from '../matcher.ts';
import { normalisedText } from '../normalised-text.ts';
import type { FilteredPath } from './archive-paths.ts';
import { TokenHasher } from './token-hasher.ts';
import { TOKEN_KIND, tokenOfValue } from './value-tokens.ts';

/** Hashes that one scan of the engine can note; rows beyond go to the reference. */
const ROOM = 1 << 16;

/** Takes the keyed hash of a value. */
type HashSink = (low: number, high: number) => void;

/**
 * Stands where a matcher would, and notes the values that it is asked about instead of looking them
 * up: so a filter sees what a search would see, by the search's own readers of each format. One a
 * thread, for one object after the other.
 */
export class CollectingMatcher extends CompiledMatcher {
  /** For each path: kinds of tokens noted; see TOKEN_KIND. */
  readonly kinds: Uint8Array;
  #sink: HashSink = () => undefined;
  readonly #hasher: TokenHasher;
  readonly #prefixes: readonly Buffer[];
  readonly #hashes: Uint32Array;

  /** @param paths of the identifiers; distinct. */
  constructor(paths: readonly FilteredPath[], hashKey: Uint8Array) {
    const compiler = new CriteriaCompiler({});
    for (const { segments, rule } of paths) {
      const path = { kind: 'field' as const, segments };
      const value = { kind: 'string' as const, text: '' };
      if (compiler.add([{ path, value, normalise: rule }]) !== undefined) {
        throw new RangeError('a filter cannot take so many paths');
      }
    }
    super(compiler.compile(0));
    this.#hasher = new TokenHasher(hashKey);
    this.#prefixes = paths.map(({ segments }) => this.#hasher.prefixOf(segments));
    this.kinds = new Uint8Array(paths.length);
    const { memory } = this.criteria.table;
    const hashesAt = reserve(memory, ROOM * 8);
    const prefixesAt = reserve(memory, paths.length * 8);
    new Uint8Array(memory.buffer, prefixesAt, paths.length * 8).set(Buffer.concat(this.#prefixes));
    this.#hashes = new Uint32Array(memory.buffer, hashesAt, ROOM * 2);
    const key = Buffer.from(hashKey);
    const [key0, key1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
    this.table.engine.useCollector(hashesAt, ROOM, prefixesAt, key0, key1);
  }

  /** Begins with another object. */
  begin(sink: HashSink): void {
    this.#sink = sink;
    this.kinds.fill(0);
    this.table.engine.takeCollected();
  }

  override probe(path: number, value: TypedValue): undefined {
    this.#note(path, tokenOfValue(value));
    const written = normalisedText(this.rules[path]!, value);
    if (written !== undefined) this.#note(path, tokenOfValue({ kind: 'string', text: written }));
  }

  #note(path: number, { kind, text }: { kind: number; text: string }): void {
    this.kinds[path] = this.kinds[path]! | kind;
    const { low, high } = this.#hasher.hash(this.#prefixes[path]!, text);
    this.#sink(low, high);
  }

  override matches(): boolean {
    return false;
  }

  /** Hands on what the engine has noted since the last time. */
  drain(): void {
    const count = this.table.engine.takeCollected();
    if (count > 0) this.kinds.forEach((kind, path) => (this.kinds[path] = kind | TOKEN_KIND.plain));
    const hashes = this.#hashes;
    for (let at = 0; at < count * 2; at += 2) this.#sink(hashes[at]!, hashes[at + 1]!);
  }
}
