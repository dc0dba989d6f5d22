import type { ArchiveStore, DataMap, StreamStore } from './schema.ts';

/** Where events flow, and where they come to rest. */
export interface DeliveryPath {
  /** The only store of kind `stream`, by its name in the map. */
  readonly streamName: string;
  readonly stream: StreamStore;
  /** The only archive that is erased after that stream. */
  readonly archiveName: string;
  readonly archive: ArchiveStore;
}

/** Finds the way from the stream to its archive; faults where there is none or more than one. */
export function deliveryPath(
  map: DataMap,
): { ok: true; path: DeliveryPath } | { ok: false; faults: readonly string[] } {
  const streams: [string, StreamStore][] = [];
  const archives: [string, ArchiveStore][] = [];
  for (const [name, store] of Object.entries(map.stores)) {
    if (store.kind === 'stream') streams.push([name, store]);
  }
  for (const [name, store] of Object.entries(map.stores)) {
    if (store.kind === 'archive' && streams.some(([stream]) => store.after?.includes(stream))) {
      archives.push([name, store]);
    }
  }
  const [stream] = streams;
  const [archive] = archives;
  if (stream === undefined || archive === undefined || streams.length + archives.length > 2) {
    return {
      ok: false,
      faults: [
        ...expectOne('of kind "stream"', streams),
        ...expectOne('of kind "archive" with a stream in its "after"', archives),
      ],
    };
  }
  const [streamName, streamStore] = stream;
  const [archiveName, archiveStore] = archive;
  return {
    ok: true,
    path: { streamName, stream: streamStore, archiveName, archive: archiveStore },
  };
}

function expectOne(what: string, found: readonly (readonly [string, unknown])[]): string[] {
  if (found.length === 1) return [];
  const there = found.length === 0 ? 'there is none' : found.map(([name]) => name).join(', ');
  return [`stores: the stacks need exactly one store ${what}; ${there}`];
}
