import type { ObjectSource } from '../../format.ts';
import type { BloomFilter } from './bloom-filter.ts';
import { ChunkReader, RowCounter } from '../pages/chunk-reader.ts';
import { newMetadata, type PageKind } from './chunk-metadata.ts';
import { scrubDictionary, usedEntries } from './dictionary-scrub.ts';
import type { Chunk } from '../footer.ts';
import type { Output } from './output.ts';
import { PAGE, type Page } from '../pages/page.ts';
import { cutPage } from '../pages/page-cut.ts';
import { countRows, writeDataPage, writeDictionaryPage } from '../pages/page-writer.ts';
import type { Leaf } from '../schema/schema.ts';
import type { RowSelection } from './selection.ts';
import { rangesOf, Tally } from './tally.ts';
import type { ThriftStruct } from '../thrift/thrift-value.ts';

/** A data page as it was written, for the page index. */
export interface WrittenPage {
  /** Its place among the data pages of the old chunk. */
  readonly origin: number;
  readonly offset: number;
  /** Header and stored body. */
  readonly size: number;
  readonly firstRow: number;
  /** Of a page that was cut; undefined when it was copied, and all that was known of it holds. */
  readonly tally: Tally | undefined;
}

export interface RewrittenChunk {
  /** ColumnMetaData of parquet.thrift, without a bloom filter. */
  readonly metadata: ThriftStruct;
  readonly start: number;
  readonly pages: readonly WrittenPage[];
  /** How many data pages there were. */
  readonly originalPages: number;
}

export interface ChunkOptions {
  /** Of the row group, before. */
  readonly rows: number;
  /** Whether the column's values are in the order that its type defines. */
  readonly ordered: boolean;
  /** Filled with the values that stay. */
  readonly bloom: BloomFilter | undefined;
}

/**
 * Writes one column of a row group without the rows that do not stay. Pages that lose nothing are
 * copied; the others keep their encoding, codec and version. Nothing of a removed value is left: the
 * dictionary is scrubbed and all statistics are made anew from what stays.
 */
export async function rewriteChunk(
  source: ObjectSource,
  chunk: Chunk,
  leaf: Leaf,
  selection: RowSelection,
  output: Output,
  options: ChunkOptions,
): Promise<RewrittenChunk> {
  const reader = await ChunkReader.open(source, chunk, leaf);
  const used = await usedEntries(reader, selection);
  if (used !== undefined) options.bloom?.add(reader.dictionary!, rangesOf(used));
  const start = output.at;
  const total = new Tally(leaf);
  const rows = new RowCounter();
  const pages: WrittenPage[] = [];
  const kinds: PageKind[] = [];
  let dictionaryAt: number | undefined;
  let plainSize = 0;
  let originalPages = 0;
  let firstRow = 0;

  for await (const page of reader.pages()) {
    const offset = output.at;
    if (page.type === PAGE.dictionary) {
      dictionaryAt = offset;
      kinds.push(page);
      const scrubbed = used && scrubDictionary(reader.dictionary!, used);
      plainSize +=
        scrubbed === undefined
          ? await copyPage(reader, page, output)
          : await output.writePage(writeDictionaryPage(page, scrubbed, reader.codec));
      continue;
    }
    const origin = originalPages++;
    const data = await reader.read(page);
    const cut = cutPage(data, rows.advance(data), selection, leaf.maxDefinition);
    if (cut.entries.length === 0) continue;
    const tally = new Tally(leaf);
    tally.add(data, cut, reader.dictionary);
    total.merge(tally);
    if (data.values.kind === 'fixed' || data.values.kind === 'bytes') {
      options.bloom?.add(data.values, cut.values);
    }
    kinds.push(page);
    const entries = reader.dictionary?.count ?? 0;
    plainSize += cut.whole
      ? await copyPage(reader, page, output)
      : await output.writePage(writeDataPage(page, data, cut, leaf, reader.codec, entries));
    const size = output.at - offset;
    pages.push({ origin, offset, size, firstRow, tally: cut.whole ? undefined : tally });
    firstRow += countRows(data, cut.entries);
  }
  rows.expect(options.rows);
  const places = { start, dictionary: dictionaryAt, data: pages[0]?.offset ?? start };
  const sizes = { plain: plainSize, stored: output.at - start };
  const metadata = newMetadata(chunk, leaf, total, places, sizes, kinds, options.ordered);
  return { metadata, start, pages, originalPages };
}

async function copyPage(reader: ChunkReader, page: Page, output: Output): Promise<number> {
  await output.write(await reader.whole(page));
  return page.bodyStart - page.start + page.size;
}
