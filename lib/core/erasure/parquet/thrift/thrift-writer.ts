import { ThriftStruct, WIRE, type ThriftValue } from './thrift-value.ts';

/** A struct in the compact protocol's one canonical form. */
export function writeThriftStruct(struct: ThriftStruct): Uint8Array {
  const writer = new Writer();
  writer.struct(struct);
  return writer.finish();
}

class Writer {
  #bytes = Buffer.allocUnsafe(256);
  #at = 0;

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  struct(struct: ThriftStruct): void {
    let last = 0;
    // The delta form needs ascending ids.
    for (const [id, field] of [...struct.fields].sort(([a], [b]) => a - b)) {
      const delta = id - last;
      if (delta > 0 && delta < 16) {
        this.#byte((delta << 4) | field.type);
      } else {
        this.#byte(field.type);
        this.#varint(zigzag(BigInt(id)));
      }
      last = id;
      if (field.type !== WIRE.true && field.type !== WIRE.false) {
        this.#value(field.type, field.value);
      }
    }
    this.#byte(WIRE.stop);
  }

  #value(type: number, value: ThriftValue): void {
    if (typeof value === 'boolean') {
      this.#byte(value ? 1 : 2);
    } else if (typeof value === 'number') {
      if (type === WIRE.i8) this.#byte(value & 255);
      else this.#varint(zigzag(BigInt(value)));
    } else if (typeof value === 'bigint') {
      this.#varint(zigzag(value));
    } else if (value instanceof Uint8Array) {
      if (type === WIRE.binary) this.#varint(BigInt(value.length));
      this.#append(value);
    } else if (value instanceof ThriftStruct) {
      this.struct(value);
    } else if ('items' in value) {
      const short = value.items.length < 15;
      this.#byte(((short ? value.items.length : 15) << 4) | value.of);
      if (!short) this.#varint(BigInt(value.items.length));
      for (const item of value.items) this.#value(value.of, item);
    } else {
      this.#varint(BigInt(value.entries.length));
      if (value.entries.length > 0) this.#byte((value.keys << 4) | value.values);
      for (const [key, item] of value.entries) {
        this.#value(value.keys, key);
        this.#value(value.values, item);
      }
    }
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = byte;
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #varint(value: bigint): void {
    this.#room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      this.#bytes[this.#at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + length));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}

function zigzag(value: bigint): bigint {
  return (value << 1n) ^ (value >> 63n);
}
