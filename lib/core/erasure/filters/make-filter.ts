import type { FilteredObject } from '../../ports/membership-filters.ts';
import { detectFormat } from '../detect.ts';
import { CorruptObject, type FormatName, type ObjectSource } from '../format.ts';
import { formatNamed } from '../formats.ts';
import { ParquetFault } from '../parquet/fault.ts';
import { TextFormat } from '../text/text-format.ts';
import { distinctPaths, type FilteredPath } from './archive-paths.ts';
import { CollectingMatcher } from './collecting-matcher.ts';
import { collectParquet } from './collect-parquet.ts';
import { collectText, type Collected } from './collect-text.ts';
import { FilterBuilder } from './filter-builder.ts';
import { sealFilter, type OpenFilter } from './filter-file.ts';
import type { FilterKey } from './filter-key.ts';

/** Why an object gets no filter, so that every search reads it. */
export type NoFilterReason =
  /** It holds no row. */
  | 'empty'
  /** A row of it, or all of it, can't be read: a search has to say so. */
  | 'unparsable'
  | 'corrupt'
  /** A filter would be over 2 % of the plain data: small objects, or little beside identifiers. */
  | 'not-worth-it'
  /** More than 16 million different values. */
  | 'too-many-values';

export type MadeFilter =
  | { kind: 'filter'; filter: Uint8Array; rows: number; values: number; plainBytes: number }
  | { kind: 'none'; reason: NoFilterReason };

/** Makes filters for the objects of an archive, one after the other. One a thread. */
export class FilterMaker {
  /** Whose values the filters hold, distinct. */
  readonly paths: readonly FilteredPath[];
  readonly #key: FilterKey;
  readonly #matcher: CollectingMatcher;

  constructor(key: FilterKey, paths: readonly FilteredPath[]) {
    this.paths = distinctPaths(paths);
    this.#key = key;
    this.#matcher = new CollectingMatcher(this.paths, key.hashKey);
  }

  /**
   * Reads an object once, in constant memory.
   * @param object names the very bytes of `source`.
   */
  async make(
    source: ObjectSource,
    object: FilteredObject,
    format: FormatName | 'auto',
  ): Promise<MadeFilter> {
    const builder = new FilterBuilder();
    this.#matcher.begin((low, high) => builder.add(low, high));
    let read: { format: FormatName; collected: Collected };
    try {
      const name = format === 'auto' ? await detectFormat(source, this.#matcher) : format;
      if (name === undefined) return { kind: 'none', reason: 'corrupt' };
      read = { format: name, collected: await this.#collect(source, name) };
    } catch (error) {
      if (!(error instanceof CorruptObject || error instanceof ParquetFault)) throw error;
      return { kind: 'none', reason: 'corrupt' };
    }
    return this.#finish(object, read.format, read.collected, builder);
  }

  #collect(source: ObjectSource, name: FormatName): Promise<Collected> {
    const format = formatNamed(name);
    return format instanceof TextFormat
      ? collectText(source, format, this.#matcher)
      : collectParquet(source, this.#matcher);
  }

  #finish(
    object: FilteredObject,
    format: FormatName,
    { rows, unparsable, bytes, seen }: Collected,
    builder: FilterBuilder,
  ): MadeFilter {
    if (unparsable > 0) return { kind: 'none', reason: 'unparsable' };
    if (rows === 0) return { kind: 'none', reason: 'empty' };
    const filter: OpenFilter = {
      of: this.#key.bindingOf(object),
      format,
      rows,
      paths: this.paths.map(({ segments }) => [...segments]),
      rules: this.paths.map(({ rule }) => rule),
      seen: [...seen],
      kinds: [...this.#matcher.kinds],
      parts: [],
    };
    const built = builder.finish(sealFilter(this.#key, filter).length, bytes);
    switch (built.kind) {
      case 'too-many':
        return { kind: 'none', reason: 'too-many-values' };
      case 'too-large':
        return { kind: 'none', reason: 'not-worth-it' };
      case 'parts': {
        const sealed = sealFilter(this.#key, { ...filter, parts: built.parts });
        const values = built.parts.reduce((sum, part) => sum + part.count, 0);
        return { kind: 'filter', filter: sealed, rows, values, plainBytes: bytes };
      }
    }
  }
}
