import { Buffer } from 'node:buffer';

/**
 * Decodes one text after the other into the same memory, so that large records leave no garbage
 * outside of the heap, where the collector is slow to see it.
 */
export class Base64Decoder {
  #memory = Buffer.alloc(0);

  /**
   * The bytes of a text that is padded base64 and nothing else, or undefined; valid until the next
   * call. Node's decoder passes over what it does not know, which then is missing from the length,
   * and takes `-` and `_` too.
   */
  decode(text: string): Buffer | undefined {
    const { length } = text;
    if (length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined;
    // A character beyond ASCII might be cut to one of the alphabet.
    if (Buffer.byteLength(text) !== length) return undefined;
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(length * 2);
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const size = this.#memory.write(text, 'base64');
    return size === (length / 4) * 3 - padding ? this.#memory.subarray(0, size) : undefined;
  }
}
