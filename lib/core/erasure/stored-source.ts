import { Buffer } from 'node:buffer';

import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { ObjectSource } from './format.ts';

/** A version was deleted or replaced while it was read; whoever asked looks again. */
export class VersionGone extends Error {
  override readonly name = 'VersionGone';

  constructor() {
    super('a version of an object is gone while it is read');
  }
}

/** One version of an object in a store, to be read as the core reads objects. */
export function storedSource(
  objects: ObjectStore,
  { key, versionId, size }: Pick<StoredObject, 'key' | 'versionId' | 'size'>,
): ObjectSource {
  async function* chunks(range?: readonly [number, number]): AsyncGenerator<Uint8Array> {
    const stored = await objects.get(key, { versionId, ...(range !== undefined && { range }) });
    if (stored === undefined) throw new VersionGone();
    yield* stored.body;
  }
  return {
    size,
    chunks: () => chunks(),
    read: async (from, to) => {
      const parts: Uint8Array[] = [];
      // A store is not asked for nothing: S3 has no range of no bytes.
      if (to > from) for await (const part of chunks([from, to])) parts.push(Uint8Array.from(part));
      return Buffer.concat(parts);
    },
  };
}
