import { crc32 } from 'node:zlib';

/** One record as a segment file holds it. */
export interface Frame {
  /** Rises by one from record to record of a shard. */
  counter: number;
  /** Rises by one from write to write; all frames of a write were accepted together. */
  batch: number;
  /** Milliseconds since the epoch. */
  arrival: number;
  partitionKey: string;
  data: Uint8Array;
}

/** "LTHE" | length of key and data | CRC-32 of all that follows | batch | counter | arrival | key length */
const HEADER = 38;
const CHECKED_FROM = 12;
export const MAGIC = Buffer.from('LTHE', 'latin1');
/** 1 MiB and a 256-character key, which UTF-8 may make longer. */
export const LARGEST_FRAME = HEADER + 1024 * 1024 + 1024;

export function encodeFrame(frame: Frame): Buffer {
  const key = Buffer.from(frame.partitionKey, 'utf8');
  const bytes = Buffer.allocUnsafe(HEADER + key.length + frame.data.length);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32BE(key.length + frame.data.length, 4);
  bytes.writeUInt32BE(frame.batch, 12);
  bytes.writeBigUInt64BE(BigInt(frame.counter), 16);
  bytes.writeDoubleBE(frame.arrival, 24);
  bytes.writeUInt16BE(key.length, 32);
  // Room for a later version of this format.
  bytes.fill(0, 34, HEADER);
  key.copy(bytes, HEADER);
  bytes.set(frame.data, HEADER + key.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(CHECKED_FROM)), 8);
  return bytes;
}

/** Reads the frame at an offset; `undefined` where there is no whole and sound one. */
export function decodeFrame(
  bytes: Buffer,
  offset: number,
): { frame: Frame; end: number } | undefined {
  if (bytes.length - offset < HEADER) return undefined;
  if (MAGIC.compare(bytes, offset, offset + MAGIC.length) !== 0) return undefined;
  const end = offset + HEADER + bytes.readUInt32BE(offset + 4);
  if (end > bytes.length) return undefined;
  const keyLength = bytes.readUInt16BE(offset + 32);
  if (offset + HEADER + keyLength > end) return undefined;
  const sum = crc32(bytes.subarray(offset + CHECKED_FROM, end));
  if (sum !== bytes.readUInt32BE(offset + 8)) return undefined;
  const dataAt = offset + HEADER + keyLength;
  return {
    end,
    frame: {
      batch: bytes.readUInt32BE(offset + 12),
      counter: Number(bytes.readBigUInt64BE(offset + 16)),
      arrival: bytes.readDoubleBE(offset + 24),
      partitionKey: bytes.toString('utf8', offset + HEADER, dataAt),
      data: bytes.subarray(dataAt, end),
    },
  };
}
