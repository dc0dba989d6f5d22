import type { ObjectSource } from '../../format.ts';
import { corrupt } from '../fault.ts';

/** Read ahead by this much: few requests over a network, little memory. */
const AHEAD = 8 << 20;

/**
 * A stretch of an object, read front to back through a window, so that a column chunk of any size
 * takes the memory of its largest page only.
 */
export class Window {
  readonly end: number;
  readonly #source: ObjectSource;
  readonly #memory: Uint8Array | undefined;
  #block: Uint8Array = new Uint8Array(0);
  #from = 0;

  /** @param memory where it is read to, if it fits; a view then holds until the next one */
  constructor(source: ObjectSource, end: number, memory?: Uint8Array) {
    this.#source = source;
    this.#memory = memory;
    this.end = end;
  }

  /** Bytes [from, to) within the stretch. The view holds as long as the caller keeps it, without `memory`. */
  async view(from: number, to: number): Promise<Uint8Array> {
    if (to > this.end || from > to) throw corrupt('a length leads beyond its column chunk');
    if (from < this.#from || to > this.#from + this.#block.length) {
      const ahead = this.#memory?.length ?? AHEAD;
      const until = Math.min(this.end, Math.max(to, from + ahead));
      this.#block = await this.#read(from, until);
      this.#from = from;
      if (this.#block.length !== until - from) throw corrupt('the object ends too early');
    }
    return this.#block.subarray(from - this.#from, to - this.#from);
  }

  #read(from: number, until: number): Uint8Array | Promise<Uint8Array> {
    const source = this.#source;
    const memory = this.#memory?.subarray(0, until - from);
    if (memory?.length !== until - from || !source.readInto) return source.read(from, until);
    return memory.subarray(0, source.readInto(from, memory));
  }
}
