import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fdatasync,
  fsync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

import type { ByteSink } from '../../../lib/core/erasure/format.ts';
import type { WrittenSoFar } from './written-so-far.ts';

/**
 * Bytes after which the disk is asked to take what is written, while more is made: else it would have
 * nothing to do until all is there, and all to do then.
 */
const HAND_OVER = 32 << 20;

/** How a file's bytes come to be on the disk, by its descriptor. */
export interface Disk {
  sync(descriptor: number): Promise<void>;
  /** Without what is not needed to read them. */
  syncData(descriptor: number): Promise<void>;
}
const DISK: Disk = { sync: promisify(fsync), syncData: promisify(fdatasync) };

interface FileOutputOptions {
  /** Permission bits. @default its owner's alone */
  mode?: number;
  /** Told how far the file is written. */
  written?: WrittenSoFar | undefined;
  /** @default the system's */
  disk?: Disk;
}

/** A file that is written beside its later place. It is on the disk when {@link finish} answers. */
export class FileOutput implements ByteSink {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #written: WrittenSoFar | undefined;
  readonly #disk: Disk;
  #isOpen = true;
  #sinceHandOver = 0;
  /** What the disk is taking. It fails once only, and is therefore asked by whoever goes on. */
  #handOver: Promise<void> | undefined;

  /** Replaces an unfinished file that an earlier run has left there. */
  constructor(path: string, { mode = 0o600, written, disk = DISK }: FileOutputOptions = {}) {
    this.#path = path;
    this.#written = written;
    this.#disk = disk;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'w', mode);
    // The process's mask does not count: the file takes the place of one that has this mode.
    fchmodSync(this.#descriptor, mode);
  }

  write(bytes: Uint8Array): void | Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = writeSync(this.#descriptor, bytes, at, bytes.length - at);
      at += count;
      this.#written?.add(count);
    }
    this.#sinceHandOver += bytes.length;
    return this.#sinceHandOver < HAND_OVER ? undefined : this.#handOverMore();
  }

  async finish(): Promise<void> {
    // Before the disk has it: who reads after it need not wait for that.
    this.#written?.end();
    // A failure is told to one of those who ask: none may be left out.
    await this.#handOver;
    await this.#disk.sync(this.#descriptor);
    this.#close();
  }

  /** Takes the file away, whatever became of it. */
  async abandon(): Promise<void> {
    this.#written?.fail();
    // Its descriptor might be another file's by the time the disk is done.
    await this.#handOver?.catch(() => undefined);
    this.#close();
    rmSync(this.#path, { force: true });
  }

  /** Waits while the disk is behind by as much again. */
  async #handOverMore(): Promise<void> {
    this.#sinceHandOver = 0;
    await this.#handOver;
    this.#handOver = this.#disk.syncData(this.#descriptor);
    // Whoever goes on is told; until then nobody asks.
    this.#handOver.catch(() => undefined);
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** A file whose content is known by its hash. */
export class HashedOutput extends FileOutput {
  readonly #hash: Hash = createHash('sha256');

  override write(bytes: Uint8Array): void | Promise<void> {
    this.#hash.update(bytes);
    return super.write(bytes);
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

  override write(bytes: Uint8Array): void | Promise<void> {
    const done = super.write(bytes);
    this.#since += bytes.length;
    if (this.#since < LET_GO) return done;
    this.#since = 0;
    globalThis.gc?.({ type: 'minor' });
    return done;
  }
}
