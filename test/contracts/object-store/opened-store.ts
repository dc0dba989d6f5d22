import type {
  ObjectStore,
  ObjectVersion,
  StoredObject,
} from '../../../lib/core/ports/object-store.ts';

/** The store of the test that runs now, empty at first, and short words for what tests do with it. */
export interface OpenedStore {
  readonly store: ObjectStore;
  text(key: string, versionId?: string): Promise<string>;
  put(key: string, body: string): Promise<{ etag: string; versionId: string }>;
}

export function openStore(current: () => ObjectStore): OpenedStore {
  return {
    get store() {
      return current();
    },
    text: async (key, versionId) => {
      const stored = await current().get(key, versionId === undefined ? {} : { versionId });
      return (await bytesOf(stored)).toString();
    },
    put: async (key, body) => {
      const outcome = await current().put(key, Buffer.from(body));
      if (outcome.kind !== 'stored') throw new Error('an unconditional put was refused');
      return outcome;
    },
  };
}

export async function bytesOf(object: StoredObject | undefined): Promise<Buffer> {
  if (object === undefined) throw new Error('there is no such object');
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function all(listing: AsyncIterable<ObjectVersion>): Promise<ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  for await (const version of listing) found.push(version);
  return found;
}
