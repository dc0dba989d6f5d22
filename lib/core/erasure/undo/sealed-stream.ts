import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv } from 'node:crypto';

import type { ByteReader, ByteSink } from '../format.ts';

/** Plain bytes in one sealed piece. */
const PIECE = 256 << 10;
const PREFIX = 8;
const TAG = 16;
const LENGTH = 4;
/** In the high bit of a piece's length: it is the last. */
const LAST = 0x80000000;

/** Sealed bytes that are not what they were when they were sealed, or were sealed by another key. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

interface Seal {
  /** 32 bytes, AES-256-GCM. */
  key: Uint8Array;
  /** What the bytes are for: only the same context opens them. */
  context: string;
}

/**
 * Seals a stream in pieces: 8 bytes of nonce, then for each piece u32 length (the high bit set on the
 * last), ciphertext, tag. A piece's place and whether it is the last are sealed with it, so that none
 * can be moved, left out or cut off.
 */
export class SealingSink implements ByteSink {
  readonly #sink: ByteSink;
  readonly #seal: Seal;
  readonly #nonce: Buffer;
  readonly #piece = Buffer.alloc(PIECE);
  #held = 0;
  #count = 0;

  /** @param nonce 8 random bytes, never used with this key before. */
  constructor(sink: ByteSink, seal: Seal, nonce: Uint8Array) {
    this.#sink = sink;
    this.#seal = seal;
    this.#nonce = Buffer.from(nonce);
  }

  write(bytes: Uint8Array): void | Promise<void> {
    // The usual case: nothing to wait for, and no promise for every row.
    if (bytes.length > PIECE - this.#held) return this.#writeLong(bytes);
    this.#piece.set(bytes, this.#held);
    this.#held += bytes.length;
  }

  async #writeLong(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#held === PIECE) await this.#flush(false);
      const part = bytes.subarray(at, at + PIECE - this.#held);
      this.#piece.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
    }
  }

  end(): Promise<void> {
    return this.#flush(true);
  }

  async #flush(last: boolean): Promise<void> {
    if (this.#count === 0) await this.#sink.write(this.#nonce);
    const length = Buffer.alloc(LENGTH);
    length.writeUInt32LE((last ? LAST : 0) + this.#held);
    const cipher = createCipheriv('aes-256-gcm', this.#seal.key, ivOf(this.#nonce, this.#count++));
    cipher.setAAD(Buffer.concat([length, Buffer.from(this.#seal.context)]));
    await this.#sink.write(length);
    await this.#sink.write(cipher.update(this.#piece.subarray(0, this.#held)));
    await this.#sink.write(Buffer.concat([cipher.final(), cipher.getAuthTag()]));
    this.#held = 0;
  }
}

/** Opens what {@link SealingSink} sealed. Throws {@link SealBroken}. */
export async function* openSealed(reader: ByteReader, seal: Seal): AsyncGenerator<Buffer> {
  const nonce = await readFully(reader, PREFIX);
  for (let count = 0; ; count++) {
    const length = await readFully(reader, LENGTH);
    const word = length.readUInt32LE();
    const last = word >= LAST;
    const size = last ? word - LAST : word;
    if (size > PIECE) throw new SealBroken('a sealed piece has an impossible length');
    const sealed = await readFully(reader, size + TAG);
    const decipher = createDecipheriv('aes-256-gcm', seal.key, ivOf(nonce, count));
    decipher.setAAD(Buffer.concat([length, Buffer.from(seal.context)]));
    decipher.setAuthTag(sealed.subarray(size));
    try {
      yield Buffer.concat([decipher.update(sealed.subarray(0, size)), decipher.final()]);
    } catch (cause) {
      throw new SealBroken('a sealed piece was changed, or belongs elsewhere', { cause });
    }
    if (last) return;
  }
}

function ivOf(nonce: Buffer, count: number): Buffer {
  const iv = Buffer.alloc(PREFIX + 4);
  nonce.copy(iv);
  iv.writeUInt32LE(count, PREFIX);
  return iv;
}

/** Exactly so many bytes. */
export async function readFully(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let held = 0; held < length;) {
    const got = await reader.read(bytes.subarray(held));
    if (got === 0) throw new SealBroken('the sealed bytes are cut short');
    held += got;
  }
  return bytes;
}
