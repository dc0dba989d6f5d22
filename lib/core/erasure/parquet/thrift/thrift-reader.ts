import { corrupt } from '../fault.ts';
import { ThriftStruct, WIRE, type ThriftField, type ThriftValue } from './thrift-value.ts';

/** Parquet's structures nest some ten deep; what goes deeper is out to break the stack. */
const DEEPEST = 64;

/** Thrown when the bytes end inside the struct: more may help. */
export class ThriftUnderflow extends Error {
  override readonly name = 'ThriftUnderflow';
}

/** Reads one struct at `at`. Answers where it ends; throws {@link ThriftUnderflow} or a fault. */
export function readThriftStruct(bytes: Uint8Array, at = 0): { struct: ThriftStruct; end: number } {
  const reader = new Reader(bytes, at);
  const struct = reader.struct(0);
  return { struct, end: reader.at };
}

class Reader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(depth: number): ThriftStruct {
    if (depth > DEEPEST) throw corrupt('thrift structure is nested too deep');
    const fields = new Map<number, ThriftField>();
    let id = 0;
    while (true) {
      const head = this.#byte();
      const type = head & 15;
      if (type === WIRE.stop) return new ThriftStruct(fields);
      id = head >> 4 === 0 ? Number(unzigzag(this.#varint(3))) : id + (head >> 4);
      if (fields.has(id)) throw corrupt(`thrift field ${id} is there twice`);
      fields.set(id, { type, value: this.#value(type, depth) });
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case WIRE.true:
        return true;
      case WIRE.false:
        return false;
      case WIRE.i8:
        return (this.#byte() << 24) >> 24;
      case WIRE.i16:
      case WIRE.i32:
        return Number(BigInt.asIntN(32, unzigzag(this.#varint(5))));
      case WIRE.i64:
        return BigInt.asIntN(64, unzigzag(this.#varint(10)));
      case WIRE.double:
        return this.#take(8);
      case WIRE.uuid:
        return this.#take(16);
      case WIRE.binary:
        return this.#take(this.#length());
      case WIRE.list:
      case WIRE.set:
        return this.#list(depth);
      case WIRE.map:
        return this.#map(depth);
      case WIRE.struct:
        return this.struct(depth + 1);
      default:
        throw corrupt(`thrift type ${type} does not exist`);
    }
  }

  #list(depth: number): ThriftValue {
    if (depth > DEEPEST) throw corrupt('thrift structure is nested too deep');
    const head = this.#byte();
    const of = head & 15;
    const count = head >> 4 === 15 ? this.#length() : head >> 4;
    // Every element takes a byte at least.
    if (count > this.#bytes.length - this.at) throw new ThriftUnderflow();
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.#element(of, depth + 1));
    return { of, items };
  }

  #map(depth: number): ThriftValue {
    if (depth > DEEPEST) throw corrupt('thrift structure is nested too deep');
    const count = this.#length();
    if (count === 0) return { keys: 0, values: 0, entries: [] };
    const types = this.#byte();
    if (count > this.#bytes.length - this.at) throw new ThriftUnderflow();
    const entries: [ThriftValue, ThriftValue][] = [];
    for (let i = 0; i < count; i++) {
      const key = this.#element(types >> 4, depth + 1);
      entries.push([key, this.#element(types & 15, depth + 1)]);
    }
    return { keys: types >> 4, values: types & 15, entries };
  }

  /** Within a collection a boolean is a byte of its own: 1 is true. */
  #element(type: number, depth: number): ThriftValue {
    return type === WIRE.true || type === WIRE.false
      ? this.#byte() === 1
      : this.#value(type, depth);
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new ThriftUnderflow();
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new ThriftUnderflow();
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  #length(): number {
    const length = Number(this.#varint(5));
    if (length > 0x7fffffff) throw corrupt('thrift length is out of range');
    return length;
  }

  #varint(longest: number): bigint {
    let small = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.#byte();
      small |= (byte & 127) << (7 * i);
      if (byte < 128) return BigInt(small);
      if (i + 1 === longest) throw corrupt('thrift integer is too long');
    }
    let value = BigInt(small);
    for (let i = 4; i < longest; i++) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return value;
    }
    throw corrupt('thrift integer is too long');
  }
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}
