import { closeSync, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';

import type { ByteReader, ObjectSource } from '../../../lib/core/erasure/format.ts';

const CHUNK = 1 << 20;

/** What a file is known again by: another writer changes at least one of these. */
export interface FileState {
  size: number;
  inode: string;
  modified: string;
  changed: string;
}

export function stateOf(stats: BigIntStats): FileState {
  return {
    size: Number(stats.size),
    inode: String(stats.ino),
    modified: String(stats.mtimeNs),
    changed: String(stats.ctimeNs),
  };
}

export function sameState(a: FileState, b: FileState): boolean {
  return (
    a.size === b.size && a.inode === b.inode && a.modified === b.modified && a.changed === b.changed
  );
}

/** A file's state as the core tells contents apart. */
export function etagOf({ size, inode, modified, changed }: FileState): string {
  return `${size}-${inode}-${modified}-${changed}`;
}

/** A file as the core reads it. Reads block their thread: workers have nothing else to do. */
export class FileSource implements ObjectSource {
  readonly size: number;
  readonly state: FileState;
  /** Permission bits. */
  readonly mode: number;
  readonly #descriptor: number;
  readonly #onBytes: (count: number) => void;

  /** @param onBytes is told how many bytes were read, for the progress bar */
  constructor(path: string, onBytes: (count: number) => void = () => undefined) {
    this.#descriptor = openSync(path, 'r');
    const stats = fstatSync(this.#descriptor, { bigint: true });
    this.size = Number(stats.size);
    this.state = stateOf(stats);
    this.mode = Number(stats.mode) & 0o7777;
    this.#onBytes = onBytes;
  }

  /** @param to where it ends, if before the file does */
  reader(from = 0, to = Infinity): ByteReader {
    let at = from;
    return {
      read: (into) => {
        const wanted = Math.min(into.length, to - at);
        const length = wanted > 0 ? readSync(this.#descriptor, into, 0, wanted, at) : 0;
        at += length;
        this.#onBytes(length);
        return length;
      },
    };
  }

  /** Bytes [from, to) as an object of its own. */
  within(from: number, to: number): ObjectSource {
    return {
      size: to - from,
      reader: () => this.reader(from, to),
      chunks: () => this.chunks(from, to),
      read: (start, end) => this.read(from + start, Math.min(from + end, to)),
    };
  }

  async *chunks(from = 0, to = Infinity): AsyncGenerator<Uint8Array> {
    const reader = this.reader(from, to);
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK, Math.max(this.size, 1)));
    while (true) {
      const length = await reader.read(chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  }

  read(from: number, to: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(to, this.size) - from));
    return Promise.resolve(bytes.subarray(0, this.readInto(from, bytes)));
  }

  readInto(from: number, into: Uint8Array): number {
    let held = 0;
    while (held < into.length) {
      const got = readSync(this.#descriptor, into, held, into.length - held, from + held);
      if (got === 0) break;
      held += got;
    }
    return held;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
