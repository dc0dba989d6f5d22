import { readColumnIndex, readOffsetIndex } from 'hyparquet/src/indexes.js';
import { parquetMetadata } from 'hyparquet';
import { readBloomFilter, sbbfContains } from 'hyparquet/src/bloom.js';
import { xxhash64 } from 'hyparquet/src/xxhash.js';
import {
  ChunkReader,
  RowCounter,
} from '../../../../lib/core/erasure/parquet/pages/chunk-reader.ts';
import { readFooter } from '../../../../lib/core/erasure/parquet/footer.ts';
import { compareValues, orderOf } from '../../../../lib/core/erasure/parquet/schema/order.ts';
import { PAGE } from '../../../../lib/core/erasure/parquet/pages/page.ts';
import type { PlainValues } from '../../../../lib/core/erasure/parquet/find/typed-values.ts';
import { bytesAt } from '../../../../lib/core/erasure/parquet/values/values.ts';
import { MemoryObject } from './erasing.ts';

/** What an audit looked at, so that a test can tell that there was something to look at. */
export interface Audited {
  bounds: number;
  indexedPages: number;
  bloomValues: number;
}

/**
 * Holds every claim that an object makes about its values against the values: bounds, null counts,
 * histograms, page places, bloom filters. Throws at the first that is false. Bounds must be exact.
 */
export async function auditClaims(object: Buffer): Promise<Audited> {
  const source = new MemoryObject(object);
  const footer = await readFooter(source);
  const view = new DataView(object.buffer, object.byteOffset, object.length);
  const metadata = parquetMetadata(Uint8Array.from(object));
  const audited: Audited = { bounds: 0, indexedPages: 0, bloomValues: 0 };

  for (const [at, group] of footer.groups.entries()) {
    let plainSize = 0;
    for (const [column, chunk] of group.chunks.entries()) {
      const leaf = footer.schema.leaves[column]!;
      const told = metadata.row_groups[at]!.columns[column]!;
      const bloom =
        told.meta_data?.bloom_filter_offset === undefined
          ? undefined
          : readBloomFilter({ view, offset: Number(told.meta_data.bloom_filter_offset) });
      const offsets = told.offset_index_offset
        ? readOffsetIndex({ view, offset: Number(told.offset_index_offset) })
        : undefined;
      const index = told.column_index_offset
        ? readColumnIndex(
            { view, offset: Number(told.column_index_offset) },
            {
              type: 'BYTE_ARRAY',
              name: '',
            },
            { stringFromBytes: (bytes: Uint8Array) => bytes },
          )
        : undefined;
      const reader = await ChunkReader.open(source, chunk, leaf);
      const rows = new RowCounter();
      const all: Uint8Array[] = [];
      let nulls = 0;
      let ordinal = 0;
      for await (const page of reader.pages()) {
        plainSize += page.bodyStart - page.start + page.size;
        if (page.type === PAGE.dictionary) continue;
        const firstRow = rows.row + 1;
        const data = await reader.read(page);
        rows.advance(data);
        const plain = data.values.kind === 'indexes' ? reader.dictionary! : data.values;
        const values = Array.from({ length: data.values.count }, (_, i) =>
          bytesOf(plain, data.values.kind === 'indexes' ? data.values.indexes[i]! : i),
        );
        all.push(...values);
        nulls += data.entries - values.length;
        if (offsets) {
          const location = offsets.page_locations[ordinal]!;
          expectEqual(Number(location.offset), page.start, 'page offset');
          expectEqual(location.compressed_page_size, page.end - page.start, 'page size');
          expectEqual(Number(location.first_row_index), firstRow, 'first row');
          audited.indexedPages++;
        }
        if (index) {
          expectEqual(index.null_pages[ordinal], values.length === 0, 'null page');
          const count = index.null_counts?.[ordinal];
          if (count !== undefined)
            expectEqual(Number(count), data.entries - values.length, 'nulls');
          const order = orderOf(leaf);
          for (const value of order ? values : []) {
            if (isNaNValue(order!, value)) continue;
            const [min, max] = [index.min_values[ordinal], index.max_values[ordinal]];
            if (compareValues(order!, value, min as unknown as Uint8Array) < 0) fail('page min');
            if (compareValues(order!, value, max as unknown as Uint8Array) > 0) fail('page max');
          }
        }
        ordinal++;
      }
      rows.expect(group.rows);
      const statistics = chunk.metadata.struct(12);
      // Writers differ in whether the null of a parent is one of its children's.
      if (leaf.maxDefinition < 2 && statistics?.has(3))
        expectEqual(statistics.size(3), nulls, `null count of ${leaf.name}`);
      const order = orderOf(leaf);
      const [min, max] = [statistics?.bytes(6), statistics?.bytes(5)];
      if (order && min && max) {
        const sorted = all
          .filter((value) => !isNaNValue(order, value))
          .sort((a, b) => compareValues(order, a, b));
        expectEqual(compareValues(order, min, sorted[0]!), 0, `min of ${leaf.name}`);
        expectEqual(compareValues(order, max, sorted.at(-1)!), 0, `max of ${leaf.name}`);
        audited.bounds++;
      }
      for (const value of bloom ? all : []) {
        if (!sbbfContains(bloom!.blocks, xxhash64(value))) fail('bloom filter');
        audited.bloomValues++;
      }
    }
    expectEqual(group.struct.size(2), plainSize, 'total_byte_size');
  }
  return audited;
}

function bytesOf(values: PlainValues, at: number): Uint8Array {
  return values.kind === 'bits' ? values.bits.slice(at, at + 1) : bytesAt(values, at).slice();
}

function isNaNValue(order: string, value: Uint8Array): boolean {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (order === 'float') return Number.isNaN(view.getFloat32(0, true));
  return order === 'double' && Number.isNaN(view.getFloat64(0, true));
}

function expectEqual(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) fail(`${what}: ${String(got)} instead of ${String(wanted)}`);
}

function fail(what: string): never {
  throw new Error(`false claim: ${what}`);
}
