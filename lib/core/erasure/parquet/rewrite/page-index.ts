import type { ObjectSource } from '../../format.ts';
import type { RewrittenChunk, WrittenPage } from './chunk-rewriter.ts';
import { corrupt } from '../fault.ts';
import type { Chunk, Footer } from '../footer.ts';
import { compareValues, orderOf, type Order } from '../schema/order.ts';
import type { Leaf } from '../schema/schema.ts';
import { readThriftStruct, ThriftUnderflow } from '../thrift/thrift-reader.ts';
import { ThriftStruct, WIRE, type ThriftValue } from '../thrift/thrift-value.ts';

/** The two halves of a page index, by their fields in ColumnChunk. */
export const INDEX = {
  offset: { at: 4, length: 5 },
  column: { at: 6, length: 7 },
} as const;

const BOUNDARY = { unordered: 0, ascending: 1, descending: 2 };
const LARGEST_INDEX = 256 << 20;

/** Reads one half of a chunk's page index, if it has one. */
export async function readIndex(
  source: ObjectSource,
  footer: Footer,
  chunk: Chunk,
  half: 'offset' | 'column',
): Promise<ThriftStruct | undefined> {
  const start = chunk.column.size(INDEX[half].at);
  const length = chunk.column.int(INDEX[half].length);
  if (start === undefined || length === undefined) return undefined;
  if (start < 4 || length < 0 || length > LARGEST_INDEX || start + length > footer.start) {
    throw corrupt('a page index lies outside of the object');
  }
  try {
    return readThriftStruct(await source.read(start, start + length)).struct;
  } catch (error) {
    if (error instanceof ThriftUnderflow) throw corrupt('a page index is cut off', error);
    throw error;
  }
}

/** The offset index of a chunk that was copied to another place. */
export function shiftOffsetIndex(old: ThriftStruct, by: number): ThriftStruct {
  const locations = old
    .needStructs(1)
    .map((location) => location.clone().setSize(1, location.needSize(1) + by));
  return old.clone().setList(1, WIRE.struct, locations);
}

/** The offset index of a chunk that was written anew; undefined when the old one was unsound. */
export function newOffsetIndex(old: ThriftStruct, chunk: RewrittenChunk): ThriftStruct | undefined {
  const sizes = old.list(2);
  if (old.needStructs(1).length !== chunk.originalPages) return undefined;
  const index = new ThriftStruct().setList(
    1,
    WIRE.struct,
    chunk.pages.map((page) =>
      new ThriftStruct().setSize(1, page.offset).setInt(2, page.size).setSize(3, page.firstRow),
    ),
  );
  if (sizes === undefined) return index;
  const newSizes = allOf(
    chunk.pages.map((page) =>
      page.tally ? BigInt(page.tally.unencodedBytes) : sizes[page.origin],
    ),
  );
  return newSizes ? index.setList(2, WIRE.i64, newSizes) : index;
}

/** The column index of a chunk that was written anew; undefined when there can be none. */
export function newColumnIndex(
  old: ThriftStruct,
  chunk: RewrittenChunk,
  leaf: Leaf,
): ThriftStruct | undefined {
  const order = orderOf(leaf);
  const [empty, mins, maxes] = [old.list(1), old.list(2), old.list(3)];
  const sound = [empty, mins, maxes].every((list) => list?.length === chunk.originalPages);
  if (!sound || order === undefined || !empty || !mins || !maxes) return undefined;
  const bounds = allOf(chunk.pages.map((page) => boundsOf(page, empty, mins, maxes)));
  if (bounds === undefined) return undefined;
  const index = new ThriftStruct()
    .setList(
      1,
      WIRE.false,
      bounds.map((page) => page.isEmpty),
    )
    .setList(
      2,
      WIRE.binary,
      bounds.map((page) => page.min),
    )
    .setList(
      3,
      WIRE.binary,
      bounds.map((page) => page.max),
    )
    .setInt(
      4,
      boundaryOrder(
        order,
        bounds.filter((page) => !page.isEmpty),
      ),
    );
  const nulls = old.list(5);
  if (nulls?.length === chunk.originalPages) {
    const counts = chunk.pages.map((page) =>
      page.tally ? BigInt(page.tally.nulls) : nulls[page.origin]!,
    );
    index.setList(5, WIRE.i64, counts);
  }
  addHistograms(index, 6, old, chunk, (page) => page.tally?.repetitions);
  addHistograms(index, 7, old, chunk, (page) => page.tally?.definitions);
  return index;
}

interface PageBounds {
  readonly isEmpty: boolean;
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

function boundsOf(
  page: WrittenPage,
  empty: readonly ThriftValue[],
  mins: readonly ThriftValue[],
  maxes: readonly ThriftValue[],
): PageBounds | undefined {
  const none = new Uint8Array(0);
  if (page.tally !== undefined) {
    if (page.tally.values === 0) return { isEmpty: true, min: none, max: none };
    const bounds = page.tally.bounds();
    return bounds && { isEmpty: false, ...bounds };
  }
  const [isEmpty, min, max] = [empty[page.origin], mins[page.origin], maxes[page.origin]];
  if (typeof isEmpty !== 'boolean') throw corrupt('a page index is unsound');
  if (!(min instanceof Uint8Array && max instanceof Uint8Array)) {
    throw corrupt('a page index is unsound');
  }
  return { isEmpty, min, max };
}

/** Removing rows can only narrow a page's bounds, but that may undo an order among the pages. */
function boundaryOrder(order: Order, pages: readonly PageBounds[]): number {
  const width = order === 'bytes' || order === 'decimal' ? 0 : widthOf(order);
  if (pages.some((page) => page.min.length < width || page.max.length < width)) {
    return BOUNDARY.unordered;
  }
  const follows = (sign: number): boolean =>
    pages.every((page, at) => {
      const before = pages[at - 1];
      if (before === undefined) return true;
      return (
        sign * compareValues(order, before.min, page.min) <= 0 &&
        sign * compareValues(order, before.max, page.max) <= 0
      );
    });
  if (follows(1)) return BOUNDARY.ascending;
  return follows(-1) ? BOUNDARY.descending : BOUNDARY.unordered;
}

function widthOf(order: Order): number {
  if (order === 'boolean') return 1;
  if (order === 'half') return 2;
  return order === 'int64' || order === 'uint64' || order === 'double' ? 8 : 4;
}

/** Histograms of all pages lie end to end, as many counts each as there are levels. */
function addHistograms(
  index: ThriftStruct,
  id: number,
  old: ThriftStruct,
  chunk: RewrittenChunk,
  countsOf: (page: WrittenPage) => readonly number[] | undefined,
): void {
  const counts = old.list(id);
  if (counts === undefined || counts.length === 0) return;
  const levels = counts.length / chunk.originalPages;
  const parts = chunk.pages.map((page) => {
    const known = countsOf(page)?.map(BigInt);
    return known ?? counts.slice(page.origin * levels, (page.origin + 1) * levels);
  });
  if (parts.every((part) => part.length === levels)) index.setList(id, WIRE.i64, parts.flat());
}

/** The items, unless one is missing. */
function allOf<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const there = items.filter((item) => item !== undefined);
  return there.length === items.length ? there : undefined;
}
