import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  gzipSync,
  unzipSync,
} from 'node:zlib';
import { snappyCompressor, snappyUncompressor } from 'hysnappy';
import { corrupt, ParquetFault, unsupported } from '../fault.ts';
import { compressLz4Block, decompressLz4, decompressLz4Block, frameAsHadoop } from './lz4.ts';
import { loadZstd } from './zstd.ts';

/** How pages of a column are compressed. */
export interface Codec {
  compress(plain: Uint8Array): Uint8Array;
  /** Answers exactly `size` bytes or throws a fault; never more, whatever the packed bytes say. */
  decompress(packed: Uint8Array, size: number): Uint8Array;
}

/** CompressionCodec of parquet.thrift. */
const CODECS: readonly (() => Codec | Promise<Codec>)[] = [
  () => ({ compress: (plain) => plain, decompress: (packed) => packed }),
  snappy,
  () => ({
    compress: (plain) => gzipSync(plain),
    decompress: (packed, size) => unzipSync(packed, { maxOutputLength: Math.max(size, 1) }),
  }),
  () => {
    throw unsupported('the LZO codec');
  },
  () => ({
    // The default quality, 11, takes a hundred times longer for a few per cent.
    compress: (plain) =>
      brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    decompress: (packed, size) =>
      brotliDecompressSync(packed, { maxOutputLength: Math.max(size, 1) }),
  }),
  () => ({
    compress: (plain) => frameAsHadoop(compressLz4Block(plain), plain.length),
    decompress: decompressLz4,
  }),
  loadZstd,
  () => ({ compress: compressLz4Block, decompress: decompressLz4Block }),
];

/** Codecs hold memory of their own and are made once. */
const loaded = new Map<number, Promise<Codec>>();

/** The codec of that number. Every failure to decompress is a fault of the object. */
export function loadCodec(id: number): Promise<Codec> {
  let codec = loaded.get(id);
  if (codec === undefined) {
    codec = makeCodec(id);
    loaded.set(id, codec);
  }
  return codec;
}

async function makeCodec(id: number): Promise<Codec> {
  const make = CODECS[id];
  if (make === undefined) throw unsupported(`compression codec ${id}`);
  const codec = await make();
  return {
    compress: (plain) => codec.compress(plain),
    decompress(packed, size) {
      const plain = attempt(() => codec.decompress(packed, size));
      if (plain.length !== size) throw corrupt('a page is not as long as its header says');
      return plain;
    },
  };
}

function attempt(decompress: () => Uint8Array): Uint8Array {
  try {
    return decompress();
  } catch (cause) {
    if (cause instanceof ParquetFault) throw cause;
    throw corrupt('a page can not be decompressed', cause);
  }
}

function snappy(): Codec {
  const compress = snappyCompressor();
  const decompress = snappyUncompressor();
  return {
    compress,
    decompress(packed, size) {
      // The block names its length first; the library believes it.
      if (snappyLength(packed) !== size) throw corrupt('a page is not as long as its header says');
      return size === 0 ? new Uint8Array(0) : decompress(packed, size);
    },
  };
}

function snappyLength(packed: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5 && i < packed.length; i++) {
    length += (packed[i]! & 127) * 2 ** (7 * i);
    if (packed[i]! < 128) return length;
  }
  return -1;
}
