import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { WrittenSoFar } from './written-so-far.ts';

const CHUNK = 1 << 20;

/**
 * Reads after the writer, so that a file's hash is known when its last byte is written. Blocks its
 * thread. Answers the SHA-256 in hex; undefined when the writer gave up.
 */
export function hashWhileWritten(path: string, written: WrittenSoFar): string | undefined {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  let descriptor: number | undefined;
  try {
    for (let known = 0; ;) {
      const there = written.beyond(known);
      if (there === undefined) return undefined;
      if (there === known) return hash.digest('hex');
      // Not before there is something to read: it may not have been made yet.
      descriptor ??= openSync(path, 'r');
      const length = readSync(descriptor, chunk, 0, Math.min(chunk.length, there - known), known);
      if (length === 0) throw new Error('what was written is not there');
      hash.update(chunk.subarray(0, length));
      known += length;
    }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
