import { buildFuse, fuseTest } from '../../lib/core/erasure/filters/fuse-filter.ts';

/** A kind of membership filter: made of distinct hashes, low and high half in turns. */
export interface FilterRival {
  name: string;
  build: (hashes: Uint32Array) => {
    bytes: number;
    test: (low: number, high: number) => boolean;
  };
}

/** Bloom's filter with double hashing (Kirsch, Mitzenmacher 2006), `bits` a hash. */
function bloom(bits: number, probes: number): FilterRival {
  return {
    name: `Bloom, ${bits} bits`,
    build: (hashes) => {
      const length = Math.ceil((hashes.length / 2) * bits);
      const words = new Uint32Array(Math.ceil(length / 32));
      const bitOf = (low: number, high: number, probe: number): number =>
        (low + probe * ((high | 1) >>> 0)) % length;
      for (let at = 0; at < hashes.length; at += 2) {
        for (let probe = 0; probe < probes; probe++) {
          const bit = bitOf(hashes[at]!, hashes[at + 1]!, probe);
          words[bit >>> 5]! |= 1 << (bit & 31);
        }
      }
      const test = (low: number, high: number): boolean => {
        for (let probe = 0; probe < probes; probe++) {
          const bit = bitOf(low, high, probe);
          if (((words[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return false;
        }
        return true;
      };
      return { bytes: words.byteLength, test };
    },
  };
}

/** Eight bits in one block of 256 (Putze, Sanders, Singler 2007; as Parquet has it). */
function blockedBloom(bits: number): FilterRival {
  const SALTS = [
    0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
  ];
  return {
    name: `blocked Bloom, ${bits} bits`,
    build: (hashes) => {
      const blocks = Math.ceil(((hashes.length / 2) * bits) / 256);
      const words = new Uint32Array(blocks * 8);
      const blockOf = (high: number): number => Math.floor((high * blocks) / 0x1_0000_0000) * 8;
      for (let at = 0; at < hashes.length; at += 2) {
        const block = blockOf(hashes[at + 1]!);
        SALTS.forEach((salt, word) => {
          words[block + word]! |= 1 << (Math.imul(hashes[at]!, salt) >>> 27);
        });
      }
      const test = (low: number, high: number): boolean => {
        const block = blockOf(high);
        for (let word = 0; word < 8; word++) {
          const bit = Math.imul(low, SALTS[word]!) >>> 27;
          if (((words[block + word]! >>> bit) & 1) === 0) return false;
        }
        return true;
      };
      return { bytes: words.byteLength, test };
    },
  };
}

function fuse(width: number): FilterRival {
  return {
    name: `binary fuse, ${width}-bit fingerprints`,
    build: (hashes) => {
      const filter = buildFuse(hashes, width);
      return { bytes: filter.bytes.length, test: fuseTest(filter) };
    },
  };
}

export const filterRivals: readonly FilterRival[] = [
  bloom(10, 7),
  bloom(12, 8),
  blockedBloom(12),
  fuse(7),
  fuse(8),
];
