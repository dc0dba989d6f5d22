import { samePath, segmentsOf, type FieldPath } from '../data-map/field-path.ts';
import type { DataMap } from '../data-map/schema.ts';

/** Answers whether the data map names a path, or one that encloses it, in any store. */
export function mappedFields(map: DataMap): (segments: readonly string[]) => boolean {
  const paths: FieldPath[] = Object.values(map.stores).flatMap((store) => [
    ...store.fields.map(({ path }) => path),
    ...Object.values(store.identifiers),
  ]);
  return (segments) =>
    paths.some((path) => samePath(segments.slice(0, segmentsOf(path).length), path));
}
