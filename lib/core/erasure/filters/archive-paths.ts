import { samePath, segmentsOf } from '../../data-map/field-path.ts';
import type { DataMap } from '../../data-map/schema.ts';
import type { NormaliseRule } from '../../suppression/normalise.ts';
import type { FormatName } from '../format.ts';

/** Where records say whose they are, and how that is written before it is compared. */
export interface FilteredPath {
  readonly segments: readonly string[];
  readonly rule: NormaliseRule;
}

/** What the data map says of a place in the archive. */
export interface ArchivePlace {
  /** Distinct. */
  readonly paths: readonly FilteredPath[];
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
    Object.entries(identifiers).map(([identifier, path]) => ({
      segments: segmentsOf(path),
      rule: dataMap.identifiers[identifier]?.normalise ?? 'exact',
    })),
  );
  return {
    paths: distinctPaths(paths),
    format: own.length === 1 ? own[0]!.format : 'auto',
  };
}

/** Each path once; where one has two rules, criteria of the second find that no filter can answer them. */
export function distinctPaths(paths: readonly FilteredPath[]): readonly FilteredPath[] {
  return paths.filter(
    ({ segments }, at) => paths.findIndex((each) => samePath(each.segments, segments)) === at,
  );
}
