import { open, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrame, type Frame, LARGEST_FRAME, MAGIC } from './frame.ts';

/** A file of frames; named after the counter of its first. */
export interface Segment {
  path: string;
  firstCounter: number;
  /** Bytes that are whole and on the disk. */
  size: number;
}

/** Accepted records can no longer be read. Nothing was changed. */
export class StreamCorruptError extends Error {
  override readonly name = 'StreamCorruptError';

  constructor(path: string, at: number) {
    super(
      `${path} is damaged at byte ${at}, with accepted records after it; restore the file from a backup`,
    );
  }
}

const SEGMENT_NAME = /^(\d{16})\.log$/;

export function segmentPath(folder: string, firstCounter: number): string {
  return join(folder, `${String(firstCounter).padStart(16, '0')}.log`);
}

/** A shard's segments, oldest first. The last one may have a torn tail. */
export async function findSegments(folder: string): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const match = SEGMENT_NAME.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const handle = await open(path, 'r');
    try {
      found.push({ path, firstCounter: Number(match[1]), size: (await handle.stat()).size });
    } finally {
      await handle.close();
    }
  }
  return found;
}

/** Reads whole frames from an offset on, about as many bytes as the largest frame has. */
export async function readFrames(
  { path, size }: Segment,
  offset: number,
): Promise<{ frames: Frame[]; end: number }> {
  const bytes = Buffer.allocUnsafe(Math.min(LARGEST_FRAME, size - offset));
  const handle = await open(path, 'r');
  try {
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, offset + at);
      if (bytesRead === 0) throw new StreamCorruptError(path, offset + at);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
  const frames: Frame[] = [];
  let end = 0;
  for (;;) {
    const found = decodeFrame(bytes, end);
    if (found === undefined) return { frames, end: offset + end };
    frames.push(found.frame);
    end = found.end;
  }
}

/**
 * Cuts what a killed process left half-written off the end of a segment. Only the last write can be
 * torn, and it was not accepted; a damage with later writes behind it is none of ours to cut.
 * @returns the last whole frame.
 * @throws {StreamCorruptError} rather than lose an accepted record.
 */
export async function mendTail(segment: Segment): Promise<Frame | undefined> {
  let last: Frame | undefined;
  let at = 0;
  while (at < segment.size) {
    const { frames, end } = await readFrames(segment, at);
    if (frames.length === 0) break;
    last = frames.at(-1);
    at = end;
  }
  if (at === segment.size) return last;
  if (await hasLaterWrite(segment, at, last?.batch)) throw new StreamCorruptError(segment.path, at);
  await truncate(segment.path, at);
  const handle = await open(segment.path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  segment.size = at;
  return last;
}

async function hasLaterWrite(
  { path, size }: Segment,
  from: number,
  lastBatch: number | undefined,
): Promise<boolean> {
  const rest = Buffer.alloc(size - from);
  const handle = await open(path, 'r');
  try {
    await handle.read(rest, 0, rest.length, from);
  } finally {
    await handle.close();
  }
  let firstBatch = lastBatch;
  for (let at = rest.indexOf(MAGIC); at !== -1; at = rest.indexOf(MAGIC, at + 1)) {
    const batch = decodeFrame(rest, at)?.frame.batch;
    if (batch === undefined) continue;
    // The torn write follows the last whole one; a frame of the write after that proves a damage.
    firstBatch ??= batch - 1;
    if (batch > firstBatch + 1) return true;
  }
  return false;
}
