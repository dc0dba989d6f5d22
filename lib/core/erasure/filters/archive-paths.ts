import { samePath, segmentsOf } from '../../data-map/field-path.ts';
import type { DataMap } from '../../data-map/schema.ts';
import type { FormatName } from '../format.ts';

/** What the data map says of a place in the archive. */
export interface ArchivePlace {
  /** Where records say whose they are, as segments. */
  readonly paths: readonly (readonly string[])[];
  readonly format: FormatName | 'auto';
}

/**
 * What the filters of an object with this key hold: identifiers of its archive store, or, for objects
 * outside of all of them (failed records, an old archive), of every archive in the map.
 */
export function archivePlace(dataMap: DataMap, objectKey: string): ArchivePlace {
  const archives = Object.values(dataMap.stores).filter((store) => store.kind === 'archive');
  const own = archives.filter(({ prefix }) => objectKey.startsWith(prefix));
  const paths = (own.length > 0 ? own : archives).flatMap(({ identifiers }) =>
    Object.values(identifiers).map(segmentsOf),
  );
  return {
    paths: paths.filter((path, at) => paths.findIndex((each) => samePath(each, path)) === at),
    format: own.length === 1 ? own[0]!.format : 'auto',
  };
}
