import type { ObjectSource } from '../../format.ts';
import type { TypedValue } from '../../matcher.ts';
import { ChunkReader } from '../pages/chunk-reader.ts';
import type { RowGroup } from '../footer.ts';
import type { MapKey } from '../schema/leaf-paths.ts';
import { PAGE } from '../pages/page.ts';
import { valueReader } from './typed-values.ts';

/** Which entries of a map column are under a key. */
export interface MapEntries {
  /** At this repetition level or below, a new entry begins. */
  readonly repetition: number;
  /** Places among all entries of the column in its row group, from 0. */
  readonly ordinals: ReadonlySet<number>;
}

/** Reads a map's keys. A map that is null or empty has one entry in each of its columns, too. */
export async function readMapEntries(
  source: ObjectSource,
  group: RowGroup,
  key: MapKey,
  sameName: (a: string, b: string) => boolean,
): Promise<MapEntries> {
  const { leaf } = key;
  const read = valueReader(leaf);
  const reader = await ChunkReader.open(source, group.chunks[leaf.column]!, leaf);
  const ordinals = new Set<number>();
  let ordinal = 0;
  for await (const page of reader.pages()) {
    if (page.type === PAGE.dictionary) continue;
    const { definition, entries, values } = await reader.read(page);
    const plain = values.kind === 'indexes' ? reader.dictionary! : values;
    let value = 0;
    for (let at = 0; at < entries; at++, ordinal++) {
      if (definition !== undefined && definition[at] !== leaf.maxDefinition) continue;
      const place = values.kind === 'indexes' ? values.indexes[value]! : value;
      if (read(plain, place).some((typed) => sameName(nameOf(typed), key.name))) {
        ordinals.add(ordinal);
      }
      value++;
    }
  }
  return { repetition: key.repetition, ordinals };
}

/** A key as a path writes it. */
function nameOf(value: TypedValue): string {
  switch (value.kind) {
    case 'string':
      return value.text;
    case 'number':
      return value.decimal;
    case 'boolean':
    case 'float32':
    case 'float64':
      return String(value.value);
    case 'date':
      return String(value.days);
    case 'timestamp':
      return String(value.nanoseconds);
  }
}
