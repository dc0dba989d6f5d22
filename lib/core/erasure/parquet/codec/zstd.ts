import * as zlib from 'node:zlib';
import type { Codec } from './codec.ts';
import { corrupt } from '../fault.ts';

/** Node has Zstandard of its own from 22.15 on. */
interface NativeZstd {
  zstdCompressSync(plain: Uint8Array): Buffer;
  zstdDecompressSync(packed: Uint8Array, options: { maxOutputLength: number }): Buffer;
}

let loading: Promise<Codec> | undefined;

/** Zstandard, of Node where it has it, else in WebAssembly; started once, a second start breaks it. */
export function loadZstd(): Promise<Codec> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Codec> {
  const native = zlib as Partial<NativeZstd>;
  const { zstdCompressSync, zstdDecompressSync } = native;
  if (zstdCompressSync !== undefined && zstdDecompressSync !== undefined) {
    return {
      compress: (plain) => zstdCompressSync(plain),
      decompress: (packed, size) =>
        zstdDecompressSync(packed, { maxOutputLength: Math.max(size, 1) }),
    };
  }
  const wasm = await import('@bokuweb/zstd-wasm');
  await wasm.init();
  return {
    compress: (plain) => wasm.compress(plain),
    decompress(packed, size) {
      const named = frameContentSize(packed);
      // The library allocates what the frame names.
      if (named !== undefined && named !== BigInt(size)) {
        throw corrupt('a page is not as long as its header says');
      }
      return wasm.decompress(packed, { defaultHeapSize: size });
    },
  };
}

/** RFC 8878, section 3.1.1.1; undefined when the frame does not say. */
function frameContentSize(packed: Uint8Array): bigint | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  if (packed.length < 9) throw corrupt('a page can not be decompressed');
  if (view.getUint32(0, true) !== 0xfd2fb528) throw corrupt('a page is no Zstandard frame');
  const descriptor = view.getUint8(4);
  const single = (descriptor & 32) !== 0;
  const flag = descriptor >> 6;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const length = flag === 0 ? (single ? 1 : 0) : 2 ** flag;
  if (length === 0) return undefined;
  if (at + length > packed.length) throw corrupt('a page can not be decompressed');
  if (length === 1) return BigInt(view.getUint8(at));
  if (length === 2) return BigInt(view.getUint16(at, true) + 256);
  if (length === 4) return BigInt(view.getUint32(at, true));
  return view.getBigUint64(at, true);
}
