import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** First bytes of a sealed stream: what it is, and in which version. */
const MAGIC = Buffer.from('LTHSEAL1');
/** Fresh for every stream: two streams under one key never share a chunk key. */
export const SALT_BYTES = 32;
/** Plain bytes of every chunk but the last. */
const CHUNK = 64 * 1024;
const TAG = 16;

/** A sealed stream that does not open: another key, or altered, reordered or cut bytes. */
export class SealedStreamError extends Error {
  override readonly name = 'SealedStreamError';
}

/**
 * Seals a stream of any length in constant memory: AES-256-GCM over chunks of 64 KiB, each with its
 * number and whether it is the last in its nonce, so that none can be dropped, doubled, moved or cut
 * off (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015). The chunk key comes from
 * `key` and `salt` by HKDF-SHA-256.
 * @param key 32 bytes
 * @param salt {@link SALT_BYTES} fresh random bytes
 * @param purpose bound in: a stream does not open under another one
 */
export async function* sealStream(
  key: Uint8Array,
  salt: Uint8Array,
  purpose: string,
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunkKey = deriveKey(key, salt, purpose);
  yield Buffer.concat([MAGIC, salt]);
  let index = 0;
  for await (const { bytes, last } of inChunks(plain, CHUNK)) {
    const cipher = createCipheriv('aes-256-gcm', chunkKey, nonce(index++, last));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Opens what {@link sealStream} sealed. @throws {SealedStreamError} before it yields a false byte */
export async function* openStream(
  key: Uint8Array,
  purpose: string,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const header = MAGIC.length + SALT_BYTES;
  let chunkKey: Uint8Array | undefined;
  let index = 0;
  for await (const { bytes, last } of inChunks(sealed, CHUNK + TAG, header)) {
    if (chunkKey === undefined) {
      if (bytes.length !== header || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
        throw new SealedStreamError('This is no sealed stream.');
      }
      chunkKey = deriveKey(key, bytes.subarray(MAGIC.length), purpose);
      if (last) throw new SealedStreamError('The sealed stream is cut short.');
      continue;
    }
    yield openChunk(chunkKey, index++, last, bytes);
  }
}

function openChunk(key: Uint8Array, index: number, last: boolean, bytes: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce(index, last), {
      authTagLength: TAG,
    });
    decipher.setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]);
  } catch (cause) {
    throw new SealedStreamError('The sealed stream does not open with this key.', { cause });
  }
}

function deriveKey(key: Uint8Array, salt: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, `lethe-sealed-stream/1\0${purpose}`, 32));
}

/** 96 bits: seven zeros, the chunk's number in four, whether it is the last in one. */
function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32BE(index, 7);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

/** Cuts a stream into pieces of `size` (the first of `firstSize`) and knows which is the last. */
async function* inChunks(
  stream: AsyncIterable<Uint8Array>,
  size: number,
  firstSize = size,
): AsyncGenerator<{ bytes: Buffer; last: boolean }, void, undefined> {
  let pending: Buffer[] = [];
  let held = 0;
  let wanted = firstSize;
  for await (const piece of stream) {
    pending.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    held += piece.byteLength;
    // One byte more than a chunk must be there, or it might be the last.
    if (held <= wanted) continue;
    const all = Buffer.concat(pending, held);
    let at = 0;
    while (held - at > wanted) {
      yield { bytes: all.subarray(at, at + wanted), last: false };
      at += wanted;
      wanted = size;
    }
    pending = [Buffer.from(all.subarray(at))];
    held -= at;
  }
  yield { bytes: Buffer.concat(pending, held), last: true };
}
