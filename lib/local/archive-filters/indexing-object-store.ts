import type { StoredIndexer } from '../../core/erasure/filters/index-stored.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';

/**
 * A store whose filters follow each write: what is put gets one, what is deleted loses it. A filter
 * that fails is not the writer's failure, since the object is then read: it is told to `onFault`.
 */
export function indexingObjectStore(
  objects: ObjectStore,
  indexer: Pick<StoredIndexer, 'index'>,
  onFault: (error: unknown) => void,
): ObjectStore {
  const follow = async (key: string): Promise<void> => {
    try {
      await indexer.index(key);
    } catch (error) {
      onFault(error);
    }
  };
  return {
    get: (key, options) => objects.get(key, options),
    list: (prefix, options) => objects.list(prefix, options),
    listVersions: (prefix, options) => objects.listVersions(prefix, options),
    put: async (key, body, options) => {
      const outcome = await objects.put(key, body, options);
      if (outcome.kind === 'stored') await follow(key);
      return outcome;
    },
    delete: async (key) => {
      await objects.delete(key);
      await follow(key);
    },
    deleteVersion: async (key, versionId) => {
      const outcome = await objects.deleteVersion(key, versionId);
      if (outcome.kind === 'deleted') await follow(key);
      return outcome;
    },
  };
}
