import { Buffer } from 'node:buffer';

import { ENGINE_WASM } from './engine.generated.ts';

/** The memory that all instances of the scanner share, within one process. Threads may be sent it. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** What is used of the WebAssembly interface, which the language's own library leaves out. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};

/** What assembly/index.ts exports; addresses are byte offsets into the memory. */
export interface Engine {
  useTable(at: number, count: number, seed: number): void;
  insertAll(from: number, to: number): number;
  find(path: number, at: number, length: number): number;
  useProbe(
    strict: boolean,
    numbers: boolean,
    pathSets: number,
    count: number,
    seenAt: number,
  ): void;
  useRules(at: number, count: number, roomAt: number, roomLength: number): void;
  useCollector(
    hashesAt: number,
    most: number,
    prefixesAt: number,
    key0: bigint,
    key1: bigint,
  ): void;
  takeCollected(): number;
  useDocument(scratch: number, ignoreCase: boolean): void;
  useSkeletons(at: number, to: number): void;
  clearSkeletons(): void;
  useRows(eventsAt: number, limit: number, root: number, deferredAt: number): void;
  scanJsonRows(at: number, end: number): number;
  scanTsvRows(at: number, end: number): number;
  scanCsvRows(at: number, end: number): number;
  useDelimiter(byte: number): void;
  useColumns(at: number, count: number, width: number): void;
  useResidue(lengthsAt: number, bitmapAt: number, bits: number, paths: number): void;
  noteTexts(from: number, to: number): number;
  scanResidueRows(at: number, end: number): number;
  scanOtherRows(at: number, end: number): number;
  eventsMade(): number;
  rowsRead(): number;
  linesRead(): number;
  loadSimple(
    at: number,
    end: number,
    before: number,
    beforeLength: number,
    after: number,
    afterLength: number,
    path: number,
    arena: number,
    arenaEnd: number,
  ): number;
  loadedEntries(): number;
  loadedTo(): number;
}

const PAGE = 65_536;
let compiled: object | undefined;

/** Up to 4 GiB; only what is reserved takes room. */
export function openMemory(): SharedMemory {
  // The first page stays free, so that no address is 0.
  return new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
}

/**
 * A fresh stretch of at least `bytes` bytes, zeroed, whose address is a multiple of 64 KiB. It is
 * never given back; safe from any thread.
 */
export function reserve(memory: SharedMemory, bytes: number): number {
  return memory.grow(Math.max(1, Math.ceil(bytes / PAGE))) * PAGE;
}

/** A new instance of the scanner: its state is its own, the memory is shared. */
export function openEngine(memory: SharedMemory): Engine {
  compiled ??= new WebAssembly.Module(Buffer.from(ENGINE_WASM, 'base64'));
  const instance = new WebAssembly.Instance(compiled, {
    env: {
      memory,
      abort: () => {
        throw new Error('the erasure scanner broke an assumption of its own');
      },
    },
  });
  return instance.exports as Engine;
}
