import { sbbfInsert } from 'hyparquet/src/bloom.js';
import { xxhash64 } from 'hyparquet/src/xxhash.js';
import type { ObjectSource } from '../../format.ts';
import type { Chunk, Footer } from '../footer.ts';
import { corrupt } from '../fault.ts';
import { readThriftStruct, ThriftUnderflow } from '../thrift/thrift-reader.ts';
import type { ThriftStruct } from '../thrift/thrift-value.ts';
import { bytesAt, type Dictionary, type Ranges } from '../values/values.ts';

const LARGEST_HEADER = 1024;
/** parquet-mr's cap. */
const LARGEST_FILTER = 128 << 20;

/** A chunk's bloom filter as it lies in the object. */
export interface BloomPlace {
  readonly start: number;
  readonly end: number;
  readonly header: Uint8Array;
  /** Bytes of bits. */
  readonly size: number;
  /** A split block filter by xxHash of plain values, the only kind that the format has. */
  readonly known: boolean;
}

/** Where the chunk's bloom filter lies; undefined when it has none. */
export async function findBloomFilter(
  source: ObjectSource,
  footer: Footer,
  chunk: Chunk,
): Promise<BloomPlace | undefined> {
  const start = chunk.metadata.size(14);
  if (start === undefined) return undefined;
  const until = Math.min(footer.start, start + LARGEST_HEADER);
  if (start < 4 || start >= until) throw corrupt('a bloom filter lies outside of the object');
  const bytes = await source.read(start, until);
  const { struct, end } = readHeader(bytes);
  const size = struct.needInt(1);
  if (size < 0 || size > LARGEST_FILTER || start + end + size > footer.start) {
    throw corrupt('a bloom filter lies outside of the object');
  }
  const parts = [struct.struct(2), struct.struct(3), struct.struct(4)];
  const known = size % 32 === 0 && size > 0 && parts.every((part) => part?.has(1) === true);
  return { start, end: start + end + size, header: bytes.slice(0, end), size, known };
}

function readHeader(bytes: Uint8Array): { struct: ThriftStruct; end: number } {
  try {
    return readThriftStruct(bytes);
  } catch (error) {
    if (error instanceof ThriftUnderflow) throw corrupt('a bloom filter is cut off', error);
    throw error;
  }
}

/** A split block bloom filter in the making. Source: BloomFilter.md of apache/parquet-format. */
export class BloomFilter {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(size / 4);
  }

  add(values: Dictionary, ranges: Ranges): void {
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
        sbbfInsert(this.#words, xxhash64(bytesAt(values, at)));
      }
    }
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer);
  }
}
