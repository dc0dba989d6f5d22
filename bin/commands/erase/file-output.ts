import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import type { ByteSink } from '../../../lib/core/erasure/format.ts';

/** A file that is written beside its later place. It is on the disk when {@link finish} answers. */
export class FileOutput implements ByteSink {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #hash: Hash = createHash('sha256');

  /** Replaces an unfinished file that an earlier run has left there. */
  constructor(path: string, mode = 0o600) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'w', mode);
    // The process's mask does not count: the file takes the place of one that has this mode.
    fchmodSync(this.#descriptor, mode);
  }

  write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at);
    }
  }

  /** Answers the SHA-256 of what was written, in hex. */
  finish(): string {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    return this.#hash.digest('hex');
  }

  abandon(): void {
    closeSync(this.#descriptor);
    unlinkSync(this.#path);
  }
}
