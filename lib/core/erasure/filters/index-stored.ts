import type { DataMap } from '../../data-map/schema.ts';
import type { FilterStore } from '../../ports/membership-filters.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import { archivePlace, type FilteredPath } from './archive-paths.ts';
import { ArchiveIndexer, type IndexOutcome } from './archive-indexer.ts';
import type { FilterKey } from './filter-key.ts';

/** Somebody kept writing the object; to be indexed later. Holds no key. */
class ObjectKeepsChanging extends Error {
  override readonly name = 'ObjectKeepsChanging';

  constructor() {
    super('an object changed each time that it was indexed');
  }
}

export type StoredIndexOutcome = IndexOutcome | { kind: 'forgotten' };

/** How often an object is looked at again because it was written meanwhile. */
const MOST_LOOKS = 4;

export interface StoredIndexerOptions {
  readonly objects: ObjectStore;
  readonly filters: FilterStore;
  readonly key: FilterKey;
  readonly dataMap: DataMap;
}

/**
 * Brings the filters of a store's objects up to date: told of a key, it looks what is there now. So
 * notices may come twice, late and in any order.
 */
export class StoredIndexer {
  readonly #options: StoredIndexerOptions;
  readonly #indexers = new Map<string, ArchiveIndexer>();

  constructor(options: StoredIndexerOptions) {
    this.#options = options;
  }

  /** @throws {ObjectKeepsChanging} */
  async index(key: string): Promise<StoredIndexOutcome> {
    let before = await this.#look(key);
    for (let look = 0; look < MOST_LOOKS; look++) {
      const outcome = await this.#indexAs(key, before);
      const after = await this.#look(key);
      // A writer in between may have been overtaken by our filter of what was before it.
      if (outcome !== undefined && after?.etag === before?.etag) return outcome;
      before = after;
    }
    throw new ObjectKeepsChanging();
  }

  async #indexAs(
    key: string,
    current: Current | undefined,
  ): Promise<StoredIndexOutcome | undefined> {
    const { paths, format } = archivePlace(this.#options.dataMap, key);
    const indexer = this.#indexerOf(paths);
    if (current === undefined) {
      await indexer.forget(key);
      return { kind: 'forgotten' };
    }
    try {
      const source = () => storedSource(this.#options.objects, current);
      return await indexer.index(current, source, format);
    } catch (error) {
      if (error instanceof VersionGone) return undefined;
      throw error;
    }
  }

  #indexerOf(paths: readonly FilteredPath[]): ArchiveIndexer {
    const name = JSON.stringify(paths);
    const { filters, key } = this.#options;
    const indexer = this.#indexers.get(name) ?? new ArchiveIndexer(filters, key, paths);
    this.#indexers.set(name, indexer);
    return indexer;
  }

  async #look(key: string): Promise<Current | undefined> {
    const stored = await this.#options.objects.get(key, { range: [0, 1] });
    if (stored === undefined) return undefined;
    // Only the attributes are wanted; leaving the body closes what it is read from.
    for await (const part of stored.body) if (part.length > 0) break;
    const { versionId, etag, size } = stored;
    return { key, versionId, etag, size };
  }
}

interface Current {
  key: string;
  versionId: string;
  etag: string;
  size: number;
}
