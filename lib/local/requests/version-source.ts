import type { ByteSink, ObjectSource } from '../../core/erasure/format.ts';
import type { ObjectStore, ObjectVersion } from '../../core/ports/object-store.ts';

/** One version of an object, as the erasure reads it. */
export function versionSource(objects: ObjectStore, version: ObjectVersion): ObjectSource {
  const { key, versionId, size } = version;
  async function* chunks(range?: readonly [number, number]) {
    const stored = await objects.get(key, { versionId, ...(range !== undefined && { range }) });
    if (stored === undefined) throw new Error('a version of the archive is gone while it is read');
    yield* stored.body;
  }
  return {
    size,
    chunks: () => chunks(),
    read: async (from, to) => {
      const parts: Uint8Array[] = [];
      for await (const part of chunks([from, to])) parts.push(Uint8Array.from(part));
      return Buffer.concat(parts);
    },
  };
}

/** Keeps what is written, in memory. */
export function collectBytes(): ByteSink & { bytes(): Uint8Array } {
  const parts: Uint8Array[] = [];
  return {
    write: (bytes) => {
      parts.push(Uint8Array.from(bytes));
    },
    bytes: () => Buffer.concat(parts),
  };
}
