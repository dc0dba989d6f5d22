import { Buffer } from 'node:buffer';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet/src/types.js';

import { CorruptObject, type ObjectSource } from '../../erasure/format.ts';
import { loadCodec } from '../../erasure/parquet/codec/codec.ts';
import { below, columnPlace, takeText, type ValueTaker } from './row-values.ts';

/** Row groups of an object that are read: the first, and others by chance. */
const GROUPS = 4;
/** Memory that one column of one row group may take. */
const LARGEST_CHUNK = 256 << 20;

const CODECS = { SNAPPY: 1, GZIP: 2, BROTLI: 4, LZ4: 5, ZSTD: 6, LZ4_RAW: 7 } as const;

/**
 * Hands on the values of rows at the beginning of some row groups; answers how many rows.
 * @throws {CorruptObject} with a reason that holds no value.
 */
export async function readParquetRows(
  source: ObjectSource,
  rows: number,
  random: () => number,
  taker: ValueTaker,
): Promise<number> {
  const file: AsyncBuffer = {
    byteLength: source.size,
    slice: async (from, to = source.size) => {
      const bytes = await source.read(from, to);
      return Uint8Array.from(bytes).buffer;
    },
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    const compressors = await loadCompressors(metadata);
    let read = 0;
    for (const [at, { from, to }] of chooseGroups(metadata, random).entries()) {
      const quota = Math.ceil(rows / Math.min(GROUPS, metadata.row_groups.length));
      const until = Math.min(to, from + (at === 0 ? Math.max(quota, 1) : quota));
      // Column by column, so that no more than one lies in memory.
      for (const column of columnsOf(metadata)) {
        for (const row of await parquetReadObjects({
          file,
          metadata,
          compressors,
          columns: [column],
          rowStart: from,
          rowEnd: until,
          useOffsetIndex: true,
          parsers: { jsonFromBytes: (bytes) => Buffer.from(bytes).toString('utf8') },
        })) {
          takeValue(columnPlace(column), row[column], taker);
        }
      }
      read += until - from;
    }
    return read;
  } catch (cause) {
    if (cause instanceof CorruptObject) throw cause;
    // The reader's message may quote a value.
    throw new CorruptObject('its Parquet data is damaged or of an unknown kind', undefined, {
      cause,
    });
  }
}

function columnsOf({ schema }: FileMetaData): string[] {
  const names = new Set<string>();
  // Depth first: the root's children are met with what they hold skipped.
  const skip = (at: number): number => {
    let next = at + 1;
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) names.add(schema[at]!.name);
  return [...names];
}

async function loadCompressors({ row_groups: groups }: FileMetaData): Promise<Compressors> {
  const compressors: Compressors = {};
  for (const { columns } of groups) {
    for (const { meta_data: chunk } of columns) {
      if (chunk === undefined) continue;
      if (
        Math.max(Number(chunk.total_uncompressed_size), Number(chunk.total_compressed_size)) >
        LARGEST_CHUNK
      ) {
        throw new CorruptObject(`a column chunk is larger than ${LARGEST_CHUNK >> 20} MiB`);
      }
      const id = (CODECS as Partial<Record<string, number>>)[chunk.codec];
      if (id === undefined || compressors[chunk.codec] !== undefined) continue;
      const codec = await loadCodec(id);
      compressors[chunk.codec] = (packed, size) => codec.decompress(packed, size);
    }
  }
  return compressors;
}

/** Rows [from, to) of the first row group and of others by chance, in order. */
function chooseGroups(
  { row_groups: groups }: FileMetaData,
  random: () => number,
): { from: number; to: number }[] {
  let row = 0;
  const ranges = groups.map(({ num_rows: count }) => {
    const from = row;
    row += Number(count);
    return { from, to: row };
  });
  const [first, ...rest] = ranges;
  if (first === undefined) return [];
  while (rest.length > GROUPS - 1) rest.splice(Math.floor(random() * rest.length), 1);
  return [first, ...rest];
}

function takeValue(place: ReturnType<typeof below>, value: unknown, taker: ValueTaker): void {
  switch (typeof value) {
    case 'string':
      takeText(place, value, taker);
      return;
    case 'number':
    case 'bigint':
      taker.take(place.segments, place.reach, String(value), true);
      return;
    case 'object':
      break;
    default:
      return;
  }
  if (value === null || value instanceof Uint8Array) return;
  if (value instanceof Date) {
    const iso = Number.isNaN(value.getTime()) ? '' : value.toISOString();
    takeText(place, iso.replace('T00:00:00.000Z', ''), taker);
  } else if (Array.isArray(value)) {
    for (const element of value) takeValue(place, element, taker);
  } else {
    taker.census.open(place.segments);
    for (const [key, inner] of Object.entries(value)) {
      takeValue(below(place, key, taker), inner, taker);
    }
  }
}
