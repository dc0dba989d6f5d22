import { MAX_DEPTH, skipContainer } from './container.ts';
import { skipColon, skipScalar, skipSpace, skipString } from './scan.ts';

/** What {@link JsonReader.next} met. */
export const TOKEN = {
  /** The text is no JSON; `start` is where. Every further call answers the same. */
  fault: 0,
  /** The one value was read wholly, and nothing but white space follows. */
  end: 1,
  key: 2,
  string: 3,
  number: 4,
  true: 5,
  false: 6,
  null: 7,
  openObject: 8,
  closeObject: 9,
  openArray: 10,
  closeArray: 11,
} as const;
export type Token = (typeof TOKEN)[keyof typeof TOKEN];

/** What may come next. */
const WANTS = { value: 0, firstKey: 1, firstElement: 2, next: 3, done: 4, fault: 5 } as const;

/**
 * Walks through one JSON text token by token, without recursion and without allocation. Strictness
 * and limits are those of scan.ts. Reuse one reader for many texts:
 *
 *     reader.open(bytes, 0, bytes.length);
 *     for (let token = reader.next(); token > TOKEN.end; token = reader.next()) …
 *
 * A text is known to be valid only once `end` was answered.
 */
export class JsonReader {
  /** The token's first byte, quotes included; for a fault its offset. */
  start = 0;
  /** Past the token's last byte. */
  end = 0;
  /** Containers open after the last token. */
  depth = 0;

  #bytes: Uint8Array = new Uint8Array(0);
  #limit = 0;
  #at = 0;
  #wants: number = WANTS.done;
  #inObject = false;
  /** One byte for each enclosing container: 1 object, 0 array. */
  #enclosing = new Uint8Array(64);

  /** Begins with the text in `bytes[from, to)`. */
  open(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#limit = to;
    this.#at = from;
    this.#wants = WANTS.value;
    this.depth = 0;
    this.start = this.end = from;
  }

  next(): Token {
    const bytes = this.#bytes;
    const limit = this.#limit;
    if (this.#wants === WANTS.fault) return TOKEN.fault;
    let at = skipSpace(bytes, this.#at, limit);
    if (this.#wants === WANTS.done)
      return at < limit ? this.#fault(at) : this.#to(TOKEN.end, at, at);
    if (at >= limit) return this.#fault(limit);
    const byte = bytes[at]!;

    if (this.#wants === WANTS.next) {
      if (byte === (this.#inObject ? 0x7d : 0x5d)) return this.#close(at);
      if (byte !== 0x2c) return this.#fault(at);
      at = skipSpace(bytes, at + 1, limit);
      return this.#inObject ? this.#key(at) : this.#value(at);
    }
    if (this.#wants === WANTS.firstKey) return byte === 0x7d ? this.#close(at) : this.#key(at);
    if (this.#wants === WANTS.firstElement && byte === 0x5d) return this.#close(at);
    return this.#value(at);
  }

  /**
   * After `openObject` or `openArray`: passes over the container, closing bracket included, checking
   * it fully. After a key: passes over its value. `start` and `end` then span what was passed over.
   * Answers false on a fault.
   */
  skip(): boolean {
    let token: Token;
    let start = this.start;
    if (this.#wants === WANTS.value) {
      token = this.next();
      if (token === TOKEN.fault) return false;
      start = this.start;
      if (token !== TOKEN.openObject && token !== TOKEN.openArray) return true;
    }
    const after = skipContainer(this.#bytes, start, this.#limit, this.depth - 1);
    if (after < 0) {
      this.#fault(~after);
      return false;
    }
    this.#leave();
    this.#at = this.end = after;
    this.start = start;
    return true;
  }

  #key(at: number): Token {
    if (at >= this.#limit || this.#bytes[at] !== 0x22) return this.#fault(at);
    const end = skipString(this.#bytes, at, this.#limit);
    if (end < 0) return this.#fault(~end);
    const value = skipColon(this.#bytes, end, this.#limit);
    if (value < 0) return this.#fault(~value);
    this.#wants = WANTS.value;
    this.#to(TOKEN.key, at, end);
    this.#at = value;
    return TOKEN.key;
  }

  #value(at: number): Token {
    if (at >= this.#limit) return this.#fault(at);
    const byte = this.#bytes[at]!;
    if (byte === 0x7b || byte === 0x5b) return this.#open(at, byte === 0x7b);
    const end =
      byte === 0x22
        ? skipString(this.#bytes, at, this.#limit)
        : skipScalar(this.#bytes, at, this.#limit);
    if (end < 0) return this.#fault(~end);
    this.#wants = this.depth === 0 ? WANTS.done : WANTS.next;
    return this.#to(scalarToken(byte), at, end);
  }

  #open(at: number, isObject: boolean): Token {
    if (this.depth === MAX_DEPTH) return this.#fault(at);
    if (this.depth === this.#enclosing.length) {
      const wider = new Uint8Array(this.depth * 2);
      wider.set(this.#enclosing);
      this.#enclosing = wider;
    }
    this.#enclosing[this.depth++] = isObject ? 1 : 0;
    this.#inObject = isObject;
    this.#wants = isObject ? WANTS.firstKey : WANTS.firstElement;
    return this.#to(isObject ? TOKEN.openObject : TOKEN.openArray, at, at + 1);
  }

  #close(at: number): Token {
    const token = this.#inObject ? TOKEN.closeObject : TOKEN.closeArray;
    this.#leave();
    return this.#to(token, at, at + 1);
  }

  #leave(): void {
    this.depth--;
    this.#inObject = this.depth > 0 && this.#enclosing[this.depth - 1] === 1;
    this.#wants = this.depth === 0 ? WANTS.done : WANTS.next;
  }

  #to(token: Token, start: number, end: number): Token {
    this.start = start;
    this.end = this.#at = end;
    return token;
  }

  #fault(at: number): Token {
    this.#wants = WANTS.fault;
    this.start = this.end = this.#at = at;
    return TOKEN.fault;
  }
}

function scalarToken(byte: number): Token {
  switch (byte) {
    case 0x22:
      return TOKEN.string;
    case 0x74:
      return TOKEN.true;
    case 0x66:
      return TOKEN.false;
    case 0x6e:
      return TOKEN.null;
    default:
      return TOKEN.number;
  }
}
