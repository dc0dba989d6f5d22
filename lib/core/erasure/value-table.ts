import { Buffer } from 'node:buffer';

import { openEngine, openMemory, reserve, type Engine, type SharedMemory } from './engine.ts';

/** What a value of a criterion may be met by. In an entry shifted by {@link PART} when not alone. */
export const FLAG = { string: 1, number: 2, numericString: 4, boolean: 8 } as const;
/** Shift of the flags that stand for criteria of several paths. */
export const PART = 4;
/** Path id of the entries that stand for whole criteria of several paths. */
export const TUPLE_PATH = 0xffff;

const BLOCK = 1 << 20;
const HEADER = 8;
/** As in assembly/table.ts. */
const BUCKET = { slots: 12, bytes: 64 } as const;
/** Slots an entry: with fewer, buckets run over into each other. */
const ROOM = 1.25;

/** A stretch of entries that lie back to back: [from, to). */
type Arena = [from: number, to: number];

/** A finished table, as threads are sent it. */
export interface SharedTable {
  memory: SharedMemory;
  /** Where they begin, and how many they are. */
  buckets: number;
  count: number;
  seed: number;
  /** Whether any of its values is met by a number, or by a string that is written as one. */
  numbers: boolean;
  arenas: readonly Arena[];
}

/** Bytes of a text such that different texts have different bytes, lone surrogates included. */
function encode(text: string, into: Buffer): number {
  const written = into.write(text, 'utf8');
  if (written < 3 || !into.subarray(0, written).includes('\ufffd')) return written;
  // Buffer writes a lone surrogate as U+FFFD; WTF-8 keeps it apart, and no valid UTF-8 is like it.
  let at = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (code < 0xd800 || code > 0xdfff) at += into.write(char, at, 'utf8');
    else {
      into[at++] = 0xe0 | (code >> 12);
      into[at++] = 0x80 | ((code >> 6) & 0x3f);
      into[at++] = 0x80 | (code & 0x3f);
    }
  }
  return at;
}

/** Gathers entries and makes a table of them. See assembly/table.ts for the layout. */
export class ValueTableBuilder {
  readonly memory: SharedMemory = openMemory();
  readonly engine: Engine = openEngine(this.memory);
  #arenas: Arena[] = [];
  #at = 0;
  #limit = 0;
  #view = new DataView(this.memory.buffer);
  #entries = 0;
  #numbers = false;

  /** Adds a value; answers its entry's address, which {@link seal} may merge into an equal one. */
  add(path: number, text: string, flags: number): number {
    if ((flags & (FLAG.number | (FLAG.number << PART))) !== 0) this.#numbers = true;
    return this.#write(path, flags, text.length * 3, (into) => encode(text, into));
  }

  /** Adds a criterion of several paths, by its shape and its atoms. */
  addTuple(shape: number, atoms: readonly number[]): void {
    this.#write(TUPLE_PATH, FLAG.string, 4 + atoms.length * 4, (into) =>
      writeTuple(into, shape, atoms),
    );
  }

  /** Room for entries that are made elsewhere; `used` is to be called with what was filled. */
  room(): { at: number; limit: number; used(to: number, entries: number): void } {
    this.#reserve(BLOCK / 8);
    return {
      at: this.#at,
      limit: this.#limit,
      used: (to, entries) => {
        this.#at = to;
        this.#entries += entries;
        this.#arenas.at(-1)![1] = to;
      },
    };
  }

  /** Makes the table; `spare` more entries may be added and sealed once more. */
  seal(seed: number, spare: number): SharedTable {
    let count = 2;
    while (count * BUCKET.slots < (this.#entries + spare) * ROOM) count *= 2;
    const buckets = reserve(this.memory, count * BUCKET.bytes);
    this.engine.useTable(buckets, count, seed);
    const arenas = this.#arenas;
    for (const [from, to] of arenas) this.engine.insertAll(from, to);
    this.#arenas = [];
    this.#at = this.#limit = 0;
    return { memory: this.memory, buckets, count, seed, numbers: this.#numbers, arenas };
  }

  /** Adds what came since {@link seal} to its table; there must have been spare room for it. */
  extend(table: SharedTable): SharedTable {
    for (const [from, to] of this.#arenas) this.engine.insertAll(from, to);
    return { ...table, numbers: this.#numbers, arenas: [...table.arenas, ...this.#arenas] };
  }

  #write(path: number, flags: number, atMost: number, fill: (into: Buffer) => number): number {
    this.#reserve(HEADER + atMost + 8);
    const at = this.#at;
    const length = fill(Buffer.from(this.memory.buffer, at + HEADER, atMost));
    this.#view.setUint32(at, length, true);
    this.#view.setUint16(at + 4, path, true);
    this.#view.setUint8(at + 6, flags);
    this.#at = at + HEADER + ((length + 7) & ~7);
    // The padding may hold what `fill` wrote and took back; nobody reads it but masked.
    this.#arenas.at(-1)![1] = this.#at;
    this.#entries++;
    return at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#limit) return;
    const size = Math.max(BLOCK, bytes + 8);
    this.#at = reserve(this.memory, size);
    this.#limit = this.#at + size - 8;
    this.#arenas.push([this.#at, this.#at]);
    this.#view = new DataView(this.memory.buffer);
  }
}

function writeTuple(into: Buffer, shape: number, atoms: readonly number[]): number {
  let at = into.writeUInt32LE(shape, 0);
  for (const atom of atoms) at = into.writeUInt32LE(atom, at);
  return at;
}

/** Looks values up in a finished table. One a thread. */
export class ValueTable {
  readonly engine: Engine;
  readonly shared: SharedTable;
  #scratch: Buffer;
  #scratchAt: number;
  #view: DataView;

  constructor(shared: SharedTable) {
    this.shared = shared;
    this.engine = openEngine(shared.memory);
    this.engine.useTable(shared.buckets, shared.count, shared.seed);
    this.#scratchAt = reserve(shared.memory, 65_536);
    this.#scratch = Buffer.from(shared.memory.buffer, this.#scratchAt, 65_536 - 8);
    this.#view = new DataView(shared.memory.buffer);
  }

  /** The address of a value's entry, or 0. */
  find(path: number, text: string): number {
    this.#makeRoom(text.length * 3);
    return this.engine.find(path, this.#scratchAt, encode(text, this.#scratch)) >>> 0;
  }

  findTuple(shape: number, atoms: readonly number[]): number {
    this.#makeRoom(4 + atoms.length * 4);
    const length = writeTuple(this.#scratch, shape, atoms);
    return this.engine.find(TUPLE_PATH, this.#scratchAt, length) >>> 0;
  }

  /** The entry that an equal one was merged into. */
  merged(entry: number): number {
    const path = this.#view.getUint16(entry + 4, true);
    return this.engine.find(path, entry + HEADER, this.#view.getUint32(entry, true)) >>> 0;
  }

  flags(entry: number): number {
    return this.#view.getUint8(entry + 6);
  }

  /** Entries of one path, as they were added: equal ones are not merged here. */
  *entries(path: number): Generator<{ entry: number; flags: number; bytes: Buffer }> {
    for (const [from, to] of this.shared.arenas) {
      for (let entry = from; entry < to;) {
        const length = this.#view.getUint32(entry, true);
        if (this.#view.getUint16(entry + 4, true) === path) {
          const bytes = Buffer.from(this.shared.memory.buffer, entry + HEADER, length);
          yield { entry: this.merged(entry), flags: this.flags(entry), bytes };
        }
        entry += HEADER + ((length + 7) & ~7);
      }
    }
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#scratch.length) return;
    this.#scratchAt = reserve(this.shared.memory, bytes * 2 + 8);
    this.#scratch = Buffer.from(this.shared.memory.buffer, this.#scratchAt, bytes * 2);
  }
}
