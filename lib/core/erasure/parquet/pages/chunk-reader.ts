import type { ObjectSource } from '../../format.ts';
import { loadCodec, type Codec } from '../codec/codec.ts';
import { readDataPage, type DataPage } from './data-page.ts';
import { readDictionary } from '../values/encoding.ts';
import { corrupt, unsupported } from '../fault.ts';
import type { Chunk } from '../footer.ts';
import { PAGE, pagesOf, readBody, type Page } from './page.ts';
import type { Leaf } from '../schema/schema.ts';
import type { Dictionary, Values } from '../values/values.ts';
import { Window } from './window.ts';

/** Reads one column of one row group page by page. */
export class ChunkReader {
  readonly leaf: Leaf;
  readonly codec: Codec;
  /** Known once its page has gone by, which is before any data page. */
  dictionary: Dictionary | undefined;
  readonly #window: Window;
  readonly #chunk: Chunk;

  private constructor(window: Window, chunk: Chunk, leaf: Leaf, codec: Codec) {
    this.#window = window;
    this.#chunk = chunk;
    this.leaf = leaf;
    this.codec = codec;
  }

  static async open(source: ObjectSource, chunk: Chunk, leaf: Leaf): Promise<ChunkReader> {
    return new ChunkReader(
      new Window(source, chunk.end),
      chunk,
      leaf,
      await loadCodec(chunk.codec),
    );
  }

  /** All pages in order; the dictionary's own first, where there is one. */
  async *pages(): AsyncGenerator<Page> {
    this.dictionary = undefined;
    let first = true;
    for await (const page of pagesOf(this.#window, this.#chunk)) {
      if (page.type === PAGE.index) throw unsupported('index pages, which nobody ever wrote');
      if (page.type === PAGE.dictionary) {
        if (!first) throw corrupt('a dictionary page is not the first of its column chunk');
        const plain = this.codec.decompress(await this.body(page), page.size);
        this.dictionary = readDictionary(plain, this.leaf, page.entries);
      }
      first = false;
      yield page;
    }
  }

  /** Takes a data page apart; the indexes in it are sure to be in the dictionary. */
  async read(page: Page): Promise<DataPage> {
    const data = readDataPage(await this.body(page), page, this.leaf, this.codec);
    this.#checkIndexes(data.values);
    return data;
  }

  /** The stored bytes of a page, header included or not. */
  async body(page: Page): Promise<Uint8Array> {
    return readBody(this.#window, page);
  }

  async whole(page: Page): Promise<Uint8Array> {
    return this.#window.view(page.start, page.end);
  }

  #checkIndexes(values: Values): void {
    if (values.kind !== 'indexes') return;
    const count = this.dictionary?.count ?? 0;
    for (const index of values.indexes) {
      // Of 32 bits the highest makes it negative.
      if (index < 0 || index >= count) throw corrupt('a value is not in its dictionary');
    }
  }
}

/**
 * Follows the rows through a column's pages. A row of a nested column can begin in one page and go
 * on in the next (data page version 1).
 */
export class RowCounter {
  /** The row that the last entry belongs to; -1 before the first. */
  row = -1;

  /** The rows that a page holds any of, [from, to). */
  advance(data: DataPage): { from: number; to: number } {
    if (data.entries === 0) return { from: this.row + 1, to: this.row + 1 };
    const goesOn = data.repetition !== undefined && data.repetition[0] !== 0;
    if (goesOn && this.row < 0) throw corrupt('a column begins in the middle of a row');
    const from = goesOn ? this.row : this.row + 1;
    if (data.repetition === undefined) this.row += data.entries;
    else for (const level of data.repetition) if (level === 0) this.row++;
    return { from, to: this.row + 1 };
  }

  /** To be called at the end of a column; all columns of a row group have the same rows. */
  expect(rows: number): void {
    if (this.row + 1 !== rows) throw corrupt('a column has not as many rows as its row group');
  }
}
