import type { Chunk } from '../footer.ts';
import { orderOf, type Order } from '../schema/order.ts';
import type { Leaf } from '../schema/schema.ts';
import type { Tally } from './tally.ts';
import { ThriftStruct, WIRE } from '../thrift/thrift-value.ts';

/** The deprecated fields `min` and `max` have a defined meaning for these alone. */
const SIGNED: ReadonlySet<Order> = new Set<Order>(['boolean', 'int32', 'int64', 'float', 'double']);

export interface PageKind {
  readonly type: number;
  readonly encoding: number;
}

interface Places {
  readonly start: number;
  readonly dictionary: number | undefined;
  readonly data: number;
}

/** ColumnMetaData of a chunk that was written anew; what it does not touch stays as it was. */
export function newMetadata(
  chunk: Chunk,
  leaf: Leaf,
  total: Tally,
  places: Places,
  sizes: { plain: number; stored: number },
  kinds: readonly PageKind[],
  ordered: boolean,
): ThriftStruct {
  const old = chunk.metadata;
  const metadata = old
    .clone()
    .setSize(5, total.entries)
    .setSize(6, sizes.plain)
    .setSize(7, sizes.stored)
    // An index page's offset; the bloom filter's place; geospatial statistics, a bounding box.
    .drop(10, 14, 15, 17);
  // Some writers never name the dictionary page, and let the data begin with it.
  if (places.dictionary !== undefined && (old.size(11) ?? 0) > 0) {
    metadata.setSize(9, places.data).setSize(11, places.dictionary);
  } else {
    metadata.setSize(9, places.start);
  }
  const statistics = old.struct(12);
  if (statistics) metadata.setStruct(12, newStatistics(statistics, leaf, total, ordered));
  if (old.has(13)) metadata.setList(13, WIRE.struct, encodingStatistics(kinds));
  const sizeStatistics = old.struct(16);
  if (sizeStatistics) metadata.setStruct(16, newSizeStatistics(sizeStatistics, total));
  return metadata;
}

/** With those fields that the old ones had; a count of distinct values is not kept. */
function newStatistics(
  old: ThriftStruct,
  leaf: Leaf,
  total: Tally,
  ordered: boolean,
): ThriftStruct {
  const statistics = new ThriftStruct();
  if (old.has(3)) statistics.setSize(3, total.nulls);
  const bounds = ordered ? total.bounds() : undefined;
  const order = orderOf(leaf);
  if (bounds === undefined || order === undefined) return statistics;
  if (old.has(5)) statistics.setBytes(5, bounds.max);
  if (old.has(6)) statistics.setBytes(6, bounds.min);
  if (old.has(7)) statistics.setFlag(7, true);
  if (old.has(8)) statistics.setFlag(8, true);
  if (old.has(1) && SIGNED.has(order)) statistics.setBytes(1, bounds.max);
  if (old.has(2) && SIGNED.has(order)) statistics.setBytes(2, bounds.min);
  return statistics;
}

/** With those fields that the old ones had. A histogram may be empty where all levels are 0. */
function newSizeStatistics(old: ThriftStruct, total: Tally): ThriftStruct {
  const statistics = new ThriftStruct();
  if (old.has(1)) statistics.setSize(1, total.unencodedBytes);
  for (const [id, counts] of [
    [2, total.repetitions],
    [3, total.definitions],
  ] as const) {
    const histogram = old.list(id);
    if (histogram === undefined) continue;
    statistics.setList(id, WIRE.i64, histogram.length > 0 ? counts.map(BigInt) : []);
  }
  return statistics;
}

/** How many pages of which kind; readers judge by it whether a dictionary holds all values. */
function encodingStatistics(kinds: readonly PageKind[]): ThriftStruct[] {
  const counts = new Map<string, { kind: PageKind; count: number }>();
  for (const kind of kinds) {
    const name = `${kind.type} ${kind.encoding}`;
    const known = counts.get(name);
    if (known) known.count++;
    else counts.set(name, { kind, count: 1 });
  }
  return [...counts.values()].map(({ kind, count }) =>
    new ThriftStruct().setInt(1, kind.type).setInt(2, kind.encoding).setInt(3, count),
  );
}
