import type { ByteSink } from '../format.ts';

/** A sink that must be told when it was all. */
export interface ContentSink extends ByteSink {
  end(): Promise<void>;
}

/** Hands bytes on as they are. */
export class PlainSink implements ContentSink {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  write(bytes: Uint8Array): void | Promise<void> {
    return this.#sink.write(bytes);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
