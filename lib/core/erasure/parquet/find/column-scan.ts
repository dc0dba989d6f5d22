import type { ObjectSource } from '../../format.ts';
import { ChunkReader, RowCounter } from '../pages/chunk-reader.ts';
import type { DataPage } from '../pages/data-page.ts';
import { isDictionaryEncoding } from '../values/encoding.ts';
import type { RowGroup } from '../footer.ts';
import type { MapEntries } from './map-keys.ts';
import { PAGE } from '../pages/page.ts';
import type { Leaf } from '../schema/schema.ts';
import type { PlainValues } from './typed-values.ts';

/**
 * What is looked for: the values at these places mean something, and what. Asked once a dictionary,
 * and once a page that does without one.
 */
export type Probe<T> = (values: PlainValues) => ReadonlyMap<number, T>;

/**
 * Tells each row of a column that has a value looked for; a row may be told more than once. Pages
 * whose values are all in a dictionary without such a value are not even decompressed.
 */
export async function scanColumn<T>(
  source: ObjectSource,
  group: RowGroup,
  leaf: Leaf,
  maps: readonly MapEntries[],
  probe: Probe<T>,
  found: (row: number, what: T) => void,
): Promise<void> {
  const reader = await ChunkReader.open(source, group.chunks[leaf.column]!, leaf);
  const rows = new RowCounter();
  const ordinals = maps.map(() => -1);
  let known: ReadonlyMap<number, T> = new Map();
  for await (const page of reader.pages()) {
    if (page.type === PAGE.dictionary) {
      known = probe(reader.dictionary!);
      continue;
    }
    if (known.size === 0 && leaf.maxRepetition === 0 && isDictionaryEncoding(page.encoding)) {
      rows.row += page.entries;
      continue;
    }
    const data = await reader.read(page);
    const before = rows.row;
    rows.advance(data);
    const hits =
      data.values.kind === 'indexes' ? lookUp(data.values.indexes, known) : probe(data.values);
    if (hits.size > 0 || maps.length > 0) tellRows(data, leaf, before, hits, maps, ordinals, found);
  }
  rows.expect(group.rows);
}

function lookUp<T>(indexes: Int32Array, known: ReadonlyMap<number, T>): ReadonlyMap<number, T> {
  const hits = new Map<number, T>();
  if (known.size === 0) return hits;
  for (let at = 0; at < indexes.length; at++) {
    const what = known.get(indexes[at]!);
    if (what !== undefined) hits.set(at, what);
  }
  return hits;
}

/** From values to the rows that they are in, and to the map entries. */
function tellRows<T>(
  data: DataPage,
  leaf: Leaf,
  before: number,
  hits: ReadonlyMap<number, T>,
  maps: readonly MapEntries[],
  ordinals: number[],
  found: (row: number, what: T) => void,
): void {
  const { repetition, definition } = data;
  if (repetition === undefined && definition === undefined) {
    for (const [at, what] of hits) found(before + 1 + at, what);
    return;
  }
  let row = before;
  let value = 0;
  for (let at = 0; at < data.entries; at++) {
    const level = repetition?.[at] ?? 0;
    if (level === 0) row++;
    for (const [i, map] of maps.entries()) if (level <= map.repetition) ordinals[i]!++;
    if (definition !== undefined && definition[at] !== leaf.maxDefinition) continue;
    const what = hits.get(value++);
    if (what !== undefined && maps.every((map, i) => map.ordinals.has(ordinals[i]!))) {
      found(row, what);
    }
  }
}
