import fc from 'fast-check';
import { compressors } from 'hyparquet-compressors';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { describe, expect, it } from 'vitest';
import { loadCodec } from '../../../../lib/core/erasure/parquet/codec/codec.ts';
import { readHybrid } from '../../../../lib/core/erasure/parquet/values/hybrid-reader.ts';
import { writeHybrid } from '../../../../lib/core/erasure/parquet/values/hybrid-writer.ts';
import { compressLz4Block } from '../../../../lib/core/erasure/parquet/codec/lz4.ts';
import { readThriftStruct } from '../../../../lib/core/erasure/parquet/thrift/thrift-reader.ts';
import { ThriftStruct, WIRE } from '../../../../lib/core/erasure/parquet/thrift/thrift-value.ts';
import { writeThriftStruct } from '../../../../lib/core/erasure/parquet/thrift/thrift-writer.ts';

/** Runs and noise, as levels and indexes have them. */
const values = (width: number) =>
  fc
    .array(
      fc.record({
        value: fc.nat(Math.min(2 ** width - 1, 0x7fffffff)),
        times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
      }),
      { maxLength: 60 },
    )
    .map((runs) => runs.flatMap(({ value, times }) => new Array<number>(times).fill(value)));

describe('the RLE and bit-packing hybrid', () => {
  it.each([0, 1, 2, 3, 7, 8, 9, 15, 17, 24, 25, 31])('reads what it wrote at width %i', (width) => {
    fc.assert(
      fc.property(values(width), (list) => {
        const read = new Int32Array(list.length);
        readHybrid(writeHybrid(Int32Array.from(list), width), 0, width, read);
        expect([...read]).toEqual(list);
      }),
    );
  });

  it('is read alike by hyparquet', () => {
    fc.assert(
      fc.property(values(5), (list) => {
        const bytes = writeHybrid(Int32Array.from(list), 5);
        const read = new Array<number>(list.length);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        readRleBitPackedHybrid({ view, offset: 0 }, 5, read, bytes.length);
        expect(read).toEqual(list);
      }),
    );
  });
});

describe('codecs', () => {
  const plain = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3000 }),
    fc
      .array(fc.constantFrom('user', '-', '000', 'example.com', '\0'), { maxLength: 2000 })
      .map((words) => Buffer.from(`${words.join('')}.`)),
  );

  it.each([0, 1, 2, 4, 5, 6, 7])('codec %i gives back what it packed', async (id) => {
    const codec = await loadCodec(id);
    fc.assert(
      fc.property(plain, (bytes) => {
        const packed = codec.compress(bytes);
        expect(Buffer.compare(codec.decompress(packed, bytes.length), bytes)).toBe(0);
        expect(() => codec.decompress(packed, bytes.length + 1)).toThrow(/page/);
        expect(() => codec.decompress(packed, bytes.length - 1)).toThrow(/page/);
      }),
    );
  });

  it('LZ4 blocks are read alike by another decompressor, bare and in frames', async () => {
    const framed = await loadCodec(5);
    fc.assert(
      fc.property(plain, (bytes) => {
        const block = compressLz4Block(bytes);
        expect(Buffer.compare(compressors.LZ4_RAW!(block, bytes.length), bytes)).toBe(0);
        const frame = framed.compress(bytes);
        expect(Buffer.compare(compressors.LZ4!(frame, bytes.length), bytes)).toBe(0);
        expect(Buffer.compare(framed.decompress(block, bytes.length), bytes)).toBe(0);
      }),
    );
  });

  it('packs text that repeats itself', () => {
    const text = Buffer.from('{"customer_id":"12345"}\n'.repeat(500));
    expect(compressLz4Block(text).length).toBeLessThan(text.length / 20);
  });

  it('refuses LZO, and codecs that do not exist', async () => {
    await expect(loadCodec(3)).rejects.toThrow(/LZO/);
    await expect(loadCodec(99)).rejects.toThrow(/codec 99/);
  });
});

describe('the thrift tree', () => {
  const leaf = fc.oneof(
    fc.boolean().map((value) => ({ type: value ? WIRE.true : WIRE.false, value })),
    fc.integer({ min: -128, max: 127 }).map((value) => ({ type: WIRE.i8, value })),
    fc.integer({ min: -32768, max: 32767 }).map((value) => ({ type: WIRE.i16, value })),
    fc.integer().map((value) => ({ type: WIRE.i32, value })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((value) => ({ type: WIRE.i64, value })),
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((value) => ({ type: WIRE.double, value })),
    fc.uint8Array({ maxLength: 300 }).map((value) => ({ type: WIRE.binary, value })),
    fc
      .array(fc.boolean(), { maxLength: 20 })
      .map((items) => ({ type: WIRE.list, value: { of: WIRE.true, items } })),
    fc.array(fc.tuple(fc.integer(), fc.uint8Array()), { minLength: 1 }).map((entries) => ({
      type: WIRE.map,
      value: { keys: WIRE.i32, values: WIRE.binary, entries },
    })),
  );
  const struct = fc
    .dictionary(fc.integer({ min: 1, max: 32767 }).map(String), leaf, { maxKeys: 8 })
    .map((fields) => new ThriftStruct(Object.entries(fields).map(([id, f]) => [Number(id), f])));

  it('is written as it was read, unknown fields and all', () => {
    fc.assert(
      fc.property(struct, struct, (inner, outer) => {
        outer.setStruct(40_000 % 32768, inner).setList(3, WIRE.struct, [inner, inner]);
        const bytes = writeThriftStruct(outer);
        const read = readThriftStruct(bytes);
        expect(read.end).toBe(bytes.length);
        expect(Buffer.compare(writeThriftStruct(read.struct), bytes)).toBe(0);
      }),
    );
  });
});
