import type { ByteSink } from '../../format.ts';
import type { NewPage } from '../pages/page-writer.ts';

/** Where the new object is written, front to back, and how far it has come. */
export class Output {
  /** Offset of the next byte. */
  at = 0;
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#sink.write(bytes);
    this.at += bytes.length;
  }

  /** Answers its size as `total_uncompressed_size` counts it. */
  async writePage(page: NewPage): Promise<number> {
    await this.write(page.header);
    await this.write(page.body);
    return page.plainSize;
  }
}
