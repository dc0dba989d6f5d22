import type { ByteReader, ByteSink, Compression, ObjectSource } from '../format.ts';
import { ChunkReader } from './chunk-reader.ts';
import { gunzipChunks } from './gunzip.ts';
import { GzipSink } from './gzip.ts';
import { PlainSink, type ContentSink } from './content-sink.ts';
import { ZstdSink, unzstdChunks } from './zstd.ts';

/** What an object holds, whatever it is wrapped in. */
export interface Content {
  compression: Compression;
  /** The decompressed bytes. Throws CorruptObject where they can't be had. */
  reader: ByteReader;
  /** Compresses as the object is compressed. */
  compress(sink: ByteSink): ContentSink;
}

/**
 * Works on an object's content, whatever it is wrapped in, and gives back what it is read from: a store
 * has so many connections, and each reader that leaves early keeps one.
 */
export async function withContent<Result>(
  source: ObjectSource,
  work: (content: Content) => Promise<Result>,
): Promise<Result> {
  const content = await openContent(source);
  try {
    return await work(content);
  } finally {
    await content.reader.close?.();
  }
}

/** Opens an object by its first bytes, not by its name. */
async function openContent(source: ObjectSource): Promise<Content> {
  const head = await source.read(0, Math.min(source.size, 10));
  switch (compressionOf(head)) {
    case 'gzip': {
      // RFC 1952, XFL: 2 is the slowest and best, 4 the fastest.
      const level = head[8] === 2 ? 9 : head[8] === 4 ? 1 : 6;
      return {
        compression: 'gzip',
        reader: new ChunkReader(gunzipChunks(source)),
        compress: (sink) => new GzipSink(sink, level),
      };
    }
    case 'zstd':
      return {
        compression: 'zstd',
        reader: new ChunkReader(unzstdChunks(source)),
        compress: (sink) => new ZstdSink(sink),
      };
    case 'none':
      return {
        compression: 'none',
        reader: plainReader(source),
        compress: (sink) => new PlainSink(sink),
      };
  }
}

/** The bytes of an object as they are. */
export function plainReader(source: ObjectSource): ByteReader {
  return source.reader?.() ?? new ChunkReader(source.chunks());
}

/** What the first bytes of an object say. */
export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const isFrame = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  // RFC 8878, section 3.1.2: a skippable frame may come first.
  const isSkippable =
    (head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return isFrame || isSkippable ? 'zstd' : 'none';
}
