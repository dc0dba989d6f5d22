import { createHash, type Hash } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { ByteSink } from '../../../lib/core/erasure/format.ts';
import type { WrittenSoFar } from './written-so-far.ts';

interface FileOutputOptions {
  /** Permission bits. @default its owner's alone */
  mode?: number;
  /** Told how far the file is written. */
  written?: WrittenSoFar | undefined;
}

/** A file that is written beside its later place. It is on the disk when {@link finish} answers. */
export class FileOutput implements ByteSink {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #written: WrittenSoFar | undefined;
  #isOpen = true;

  /** Replaces an unfinished file that an earlier run has left there. */
  constructor(path: string, { mode = 0o600, written }: FileOutputOptions = {}) {
    this.#path = path;
    this.#written = written;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'w', mode);
    // The process's mask does not count: the file takes the place of one that has this mode.
    fchmodSync(this.#descriptor, mode);
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = writeSync(this.#descriptor, bytes, at, bytes.length - at);
      at += count;
      this.#written?.add(count);
    }
  }

  finish(): void {
    // Before the disk has it: who reads after it need not wait for that.
    this.#written?.end();
    fsyncSync(this.#descriptor);
    this.#close();
  }

  /** Takes the file away, whatever became of it. */
  abandon(): void {
    this.#written?.fail();
    this.#close();
    rmSync(this.#path, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** A file whose content is known by its hash. */
export class HashedOutput extends FileOutput {
  readonly #hash: Hash = createHash('sha256');

  override write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    super.write(bytes);
  }

  /** SHA-256 of what was written, in hex; asked for once. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** Bytes of ciphertext after which it is let go of. */
const LET_GO = 4 << 20;

/**
 * A file of sealed bytes. Node's ciphers answer a new buffer each time, and V8 lets such buffers pile up
 * to 32 MB in each thread before it looks at them: here they go sooner, where it can be asked to.
 */
export class SealedFile extends FileOutput {
  #since = 0;

  override write(bytes: Uint8Array): void {
    super.write(bytes);
    this.#since += bytes.length;
    if (this.#since < LET_GO) return;
    this.#since = 0;
    globalThis.gc?.({ type: 'minor' });
  }
}
