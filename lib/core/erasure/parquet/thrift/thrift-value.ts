import { corrupt } from '../fault.ts';

/**
 * Thrift's compact protocol as a tree that keeps every field, known or not, with its wire type, so
 * that what is written back differs from what was read only where it was changed on purpose.
 * Source: thrift-compact-protocol.md of Apache Thrift.
 */
export const WIRE = {
  stop: 0,
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const;

interface ThriftList {
  readonly of: number;
  readonly items: readonly ThriftValue[];
}

interface ThriftMap {
  readonly keys: number;
  readonly values: number;
  readonly entries: readonly (readonly [ThriftValue, ThriftValue])[];
}

/**
 * Booleans as such; i8, i16, i32 as number; i64 as bigint; double, uuid and binary as their bytes.
 */
export type ThriftValue =
  boolean | number | bigint | Uint8Array | ThriftList | ThriftMap | ThriftStruct;

export interface ThriftField {
  readonly type: number;
  readonly value: ThriftValue;
}

/** Fields by id. Reading by the wrong type is a fault of the object, not of ours. */
export class ThriftStruct {
  readonly fields: Map<number, ThriftField>;

  constructor(fields: Iterable<readonly [number, ThriftField]> = []) {
    this.fields = new Map(fields);
  }

  /** A copy of its own; the values are shared. */
  clone(): ThriftStruct {
    return new ThriftStruct(this.fields);
  }

  has(id: number): boolean {
    return this.fields.has(id);
  }

  drop(...ids: number[]): this {
    for (const id of ids) this.fields.delete(id);
    return this;
  }

  /** An i8, i16 or i32, or undefined when absent. */
  int(id: number): number | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (typeof field.value !== 'number') throw wrongType(id, 'an integer');
    return field.value;
  }

  needInt(id: number): number {
    return this.int(id) ?? missing(id);
  }

  /** An i64 that fits a double exactly and is not negative: a count, a size or an offset. */
  size(id: number): number | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (typeof field.value !== 'bigint') throw wrongType(id, 'a long integer');
    if (field.value < 0n || field.value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw corrupt(`thrift field ${id} is out of range`);
    }
    return Number(field.value);
  }

  needSize(id: number): number {
    return this.size(id) ?? missing(id);
  }

  flag(id: number): boolean | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (typeof field.value !== 'boolean') throw wrongType(id, 'a boolean');
    return field.value;
  }

  bytes(id: number): Uint8Array | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (!(field.value instanceof Uint8Array)) throw wrongType(id, 'binary');
    return field.value;
  }

  text(id: number): string | undefined {
    const bytes = this.bytes(id);
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  struct(id: number): ThriftStruct | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (!(field.value instanceof ThriftStruct)) throw wrongType(id, 'a struct');
    return field.value;
  }

  needStruct(id: number): ThriftStruct {
    return this.struct(id) ?? missing(id);
  }

  list(id: number): readonly ThriftValue[] | undefined {
    const field = this.fields.get(id);
    if (field === undefined) return undefined;
    if (typeof field.value !== 'object' || !('items' in field.value)) throw wrongType(id, 'a list');
    return field.value.items;
  }

  structs(id: number): readonly ThriftStruct[] | undefined {
    return this.list(id)?.map((item) => {
      if (!(item instanceof ThriftStruct)) throw wrongType(id, 'a list of structs');
      return item;
    });
  }

  needStructs(id: number): readonly ThriftStruct[] {
    return this.structs(id) ?? missing(id);
  }

  setInt(id: number, value: number, type: number = WIRE.i32): this {
    this.fields.set(id, { type: this.fields.get(id)?.type ?? type, value });
    return this;
  }

  setSize(id: number, value: number): this {
    this.fields.set(id, { type: WIRE.i64, value: BigInt(value) });
    return this;
  }

  setFlag(id: number, value: boolean): this {
    this.fields.set(id, { type: value ? WIRE.true : WIRE.false, value });
    return this;
  }

  setBytes(id: number, value: Uint8Array): this {
    this.fields.set(id, { type: WIRE.binary, value });
    return this;
  }

  setStruct(id: number, value: ThriftStruct): this {
    this.fields.set(id, { type: WIRE.struct, value });
    return this;
  }

  setList(id: number, of: number, items: readonly ThriftValue[]): this {
    this.fields.set(id, { type: WIRE.list, value: { of, items } });
    return this;
  }
}

function wrongType(id: number, wanted: string): Error {
  return corrupt(`thrift field ${id} is not ${wanted}`);
}

function missing(id: number): never {
  throw corrupt(`thrift field ${id} is missing`);
}
