import { corrupt, ParquetFault } from '../fault.ts';

/** Source: lz4_Block_format.md of lz4/lz4: matches of four bytes and more, up to 64 KiB back. */
const SHORTEST_MATCH = 4;
const FARTHEST = 65_535;
/** The last match starts 12 bytes before the end at the latest; the last 5 bytes are literals. */
const TAIL = 12;
const LAST_LITERALS = 5;
const HASH_BITS = 14;

/** Packs one block, greedily. */
export function compressLz4Block(plain: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(plain.length + Math.ceil(plain.length / 255) + 16);
  const view = new DataView(plain.buffer, plain.byteOffset, plain.length);
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  let written = 0;
  let from = 0;

  function length(rest: number): void {
    for (; rest >= 255; rest -= 255) out[written++] = 255;
    out[written++] = rest;
  }

  function sequence(to: number, back: number, match: number): void {
    const literals = to - from;
    const token = written++;
    if (literals >= 15) length(literals - 15);
    out.set(plain.subarray(from, to), written);
    written += literals;
    out[token] = Math.min(literals, 15) << 4;
    if (match === 0) return;
    out[written++] = back & 255;
    out[written++] = back >> 8;
    out[token] |= Math.min(match - SHORTEST_MATCH, 15);
    if (match - SHORTEST_MATCH >= 15) length(match - SHORTEST_MATCH - 15);
  }

  let at = 0;
  while (at < plain.length - TAIL) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = seen[slot]!;
    seen[slot] = at;
    if (candidate < 0 || at - candidate > FARTHEST || view.getUint32(candidate, true) !== word) {
      // The longer nothing is found, the longer the strides.
      at += 1 + ((at - from) >> 6);
      continue;
    }
    let match = SHORTEST_MATCH;
    const most = plain.length - LAST_LITERALS - at;
    while (match < most && plain[at + match] === plain[candidate + match]) match++;
    sequence(at, at - candidate, match);
    at += match;
    from = at;
  }
  sequence(plain.length, 0, 0);
  return out.subarray(0, written);
}

/** Unpacks one block of exactly `size` bytes. */
export function decompressLz4Block(packed: Uint8Array, size: number): Uint8Array {
  const out = Buffer.allocUnsafe(size);
  let written = 0;
  let at = 0;

  function length(nibble: number): number {
    let total = nibble;
    if (nibble < 15) return total;
    for (let byte = 255; byte === 255; total += byte) {
      if (at >= packed.length) throw damaged();
      byte = packed[at++]!;
    }
    return total;
  }

  while (at < packed.length) {
    const token = packed[at++]!;
    const literals = length(token >> 4);
    if (at + literals > packed.length || written + literals > size) throw damaged();
    out.set(packed.subarray(at, at + literals), written);
    at += literals;
    written += literals;
    if (at === packed.length) break;
    if (at + 2 > packed.length) throw damaged();
    const back = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    const match = length(token & 15) + SHORTEST_MATCH;
    if (back === 0 || back > written || written + match > size) throw damaged();
    if (back >= match) out.copyWithin(written, written - back, written - back + match);
    else for (let i = 0; i < match; i++) out[written + i] = out[written + i - back]!;
    written += match;
  }
  if (written !== size) throw damaged();
  return out;
}

function damaged(): Error {
  return corrupt('a page can not be decompressed');
}

/** Hadoop's LZ4 frames each block by its plain and its packed length, big-endian. */
export function frameAsHadoop(block: Uint8Array, size: number): Uint8Array {
  const framed = Buffer.allocUnsafe(block.length + 8);
  framed.writeUInt32BE(size, 0);
  framed.writeUInt32BE(block.length, 4);
  framed.set(block, 8);
  return framed;
}

/** The deprecated LZ4 codec: Hadoop's frames, or, as old writers had it, one bare block. */
export function decompressLz4(packed: Uint8Array, size: number): Uint8Array {
  return decompressHadoop(packed, size) ?? decompressLz4Block(packed, size);
}

function decompressHadoop(packed: Uint8Array, size: number): Uint8Array | undefined {
  const input = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const parts: Uint8Array[] = [];
  let at = 0;
  let total = 0;
  while (at + 8 <= input.length) {
    const plain = input.readUInt32BE(at);
    const stored = input.readUInt32BE(at + 4);
    at += 8;
    total += plain;
    if (total > size || at + stored > input.length) return undefined;
    const part = tryBlock(input.subarray(at, at + stored), plain);
    if (part === undefined) return undefined;
    parts.push(part);
    at += stored;
  }
  return at === input.length && total === size ? Buffer.concat(parts) : undefined;
}

/** Undefined when it is no block of that size: bytes of a bare block can look like a frame. */
function tryBlock(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return decompressLz4Block(packed, size);
  } catch (error) {
    if (error instanceof ParquetFault) return undefined;
    throw error;
  }
}
