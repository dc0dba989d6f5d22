import * as zlib from 'node:zlib';
import { corrupt, ParquetFault, unsupported } from '../fault.ts';
import type { Chunk } from '../footer.ts';
import { readThriftStruct, ThriftUnderflow } from '../thrift/thrift-reader.ts';
import type { ThriftStruct } from '../thrift/thrift-value.ts';
import type { Window } from './window.ts';

export const PAGE = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

/** Writers' default is 1 MiB; the largest that DuckDB writes is 100 MB. */
const LARGEST_PAGE = 512 << 20;
/** A few bytes can claim billions of equal values: what they decode to must fit the memory. */
const MOST_ENTRIES = 1 << 26;
/** Headers hold a statistic of some length at times; most fit the first guess. */
const HEADER_GUESS = 512;
const LARGEST_HEADER = 16 << 20;

/** A page as it lies in its chunk. */
export interface Page {
  /** PageHeader of parquet.thrift. */
  readonly header: ThriftStruct;
  readonly type: number;
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Uncompressed, in bytes. */
  readonly size: number;
  /** Values with nulls of a data page, or entries of a dictionary. */
  readonly entries: number;
  readonly encoding: number;
}

/** A chunk's pages in order, without their bodies; ends once all its values have gone by. */
export async function* pagesOf(window: Window, chunk: Chunk): AsyncGenerator<Page> {
  let at = chunk.start;
  let entries = 0;
  while (entries < chunk.entries) {
    if (at >= chunk.end) throw corrupt('a column chunk ends before its last value');
    const page = await readHeader(window, at);
    if (page.type === PAGE.data || page.type === PAGE.dataV2) entries += page.entries;
    yield page;
    at = page.end;
  }
  if (entries > chunk.entries) throw corrupt('a column chunk has more values than it should');
}

async function readHeader(window: Window, at: number): Promise<Page> {
  let guess = HEADER_GUESS;
  while (true) {
    const to = Math.min(window.end, at + guess);
    const bytes = await window.view(at, to);
    try {
      const { struct, end } = readThriftStruct(bytes);
      return pageOf(struct, at, at + end, window.end);
    } catch (error) {
      if (!(error instanceof ThriftUnderflow)) throw error;
      if (to === window.end || guess >= LARGEST_HEADER) {
        throw new ParquetFault('corrupt', 'a page header is cut off', { offset: at, cause: error });
      }
      guess *= 8;
    }
  }
}

function pageOf(header: ThriftStruct, start: number, bodyStart: number, limit: number): Page {
  const type = header.needInt(1);
  const size = header.needInt(2);
  const stored = header.needInt(3);
  const end = bodyStart + stored;
  if (size < 0 || stored < 0 || end > limit) {
    throw new ParquetFault('corrupt', 'a page leads beyond its column chunk', { offset: start });
  }
  if (size > LARGEST_PAGE) throw unsupported('a page of more than 512 MiB');
  const place = { header, type, start, bodyStart, end, size };
  if (type === PAGE.index) return { ...place, entries: 0, encoding: -1 };
  const field =
    type === PAGE.data ? 5 : type === PAGE.dictionary ? 7 : type === PAGE.dataV2 ? 8 : 0;
  if (field === 0) throw unsupported(`page type ${type}`);
  const detail = header.needStruct(field);
  const entries = detail.needInt(1);
  if (entries < 0) throw corrupt('a page has a negative number of values');
  if (entries > MOST_ENTRIES) throw unsupported('a page of more than 67 million values');
  return { ...place, entries, encoding: detail.needInt(type === PAGE.dataV2 ? 4 : 2) };
}

/** The body as stored, its checksum checked where there is one. */
export async function readBody(window: Window, page: Page): Promise<Uint8Array> {
  const body = await window.view(page.bodyStart, page.end);
  const expected = page.header.int(4);
  if (expected !== undefined && zlib.crc32(body) !== expected >>> 0) {
    throw new ParquetFault('corrupt', 'a page does not meet its checksum', { offset: page.start });
  }
  return body;
}
