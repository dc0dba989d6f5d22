import { samePath } from '../../data-map/field-path.ts';
import type { FilteredObject, FilterStore } from '../../ports/membership-filters.ts';
import type { FormatName, ObjectSource } from '../format.ts';
import type { FilteredPath } from './archive-paths.ts';
import { openFilter } from './filter-file.ts';
import type { FilterKey } from './filter-key.ts';
import { FilterMaker, type NoFilterReason } from './make-filter.ts';

export type IndexOutcome =
  /** `values`: different ones; both sizes in bytes. */
  | { kind: 'written'; rows: number; values: number; filterBytes: number; plainBytes: number }
  /** There was one of this content already. */
  | { kind: 'kept' }
  /** It has none now; every search reads the object. */
  | { kind: 'none'; reason: NoFilterReason };

/** Writes the filters of an archive; one a thread. */
export class ArchiveIndexer {
  readonly #store: FilterStore;
  readonly #key: FilterKey;
  readonly #maker: FilterMaker;

  constructor(store: FilterStore, key: FilterKey, paths: readonly FilteredPath[]) {
    this.#store = store;
    this.#key = key;
    this.#maker = new FilterMaker(key, paths);
  }

  /**
   * Sees to it that an object has the filter of its content, if it can have one. Twice is once.
   * @param source opens the very bytes that `object` names; called only where they must be read.
   */
  async index(
    object: FilteredObject,
    source: () => ObjectSource,
    format: FormatName | 'auto',
  ): Promise<IndexOutcome> {
    const name = this.#key.nameOf(object.key);
    const known = await this.#store.read(name);
    if (known !== undefined && this.#isCurrent(known, object, format)) return { kind: 'kept' };
    const made = await this.#maker.make(source(), object, format);
    if (made.kind === 'none') {
      // It would never be believed, and tells something of people who may be gone by now.
      if (known !== undefined) await this.#store.remove(name);
      return made;
    }
    await this.#store.write(name, made.filter);
    const { rows, values, plainBytes, filter } = made;
    return { kind: 'written', rows, values, filterBytes: filter.length, plainBytes };
  }

  /** Takes the filter of an object away that is no more. */
  async forget(objectKey: string): Promise<void> {
    await this.#store.remove(this.#key.nameOf(objectKey));
  }

  #isCurrent(known: Uint8Array, object: FilteredObject, format: FormatName | 'auto'): boolean {
    const filter = openFilter(this.#key, known);
    if (filter?.of !== this.#key.bindingOf(object)) return false;
    if (format !== 'auto' && format !== filter.format) return false;
    const { paths } = this.#maker;
    return paths.every(({ segments, rule }) =>
      filter.paths.some((known, at) => samePath(known, segments) && filter.rules[at] === rule),
    );
  }
}
