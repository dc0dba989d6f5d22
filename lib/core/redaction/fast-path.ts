import { Buffer } from 'node:buffer';
import type { SuppressionSet } from '../suppression/suppression-set.ts';
import type { BatchOutcome } from './batch-redactor.ts';
import { fastPolicy, type FastPolicy } from './fast-policy.ts';
import { marksText, type RedactionPolicy } from './policy.ts';
import { SCANNER_WASM } from './scanner.generated.ts';

/** What is used of the WebAssembly interface, which the language's own library leaves out. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Wasm {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

/** What assembly/index.ts exports. */
interface Scanner {
  memory: WasmMemory;
  usePolicy(hasConsent: boolean, keepWithoutFlag: boolean): void;
  useMarks(length: number): void;
  useSuppression(rules: number, words: number, key0: bigint, key1: bigint): void;
  redactChunk(count: number, offset: number): number;
}

/** As in assembly/layout.ts. */
const INPUT = 0x1_0000;
const LENGTHS = 0x6_0000;
const RESULTS = 0x7_0000;
const OUTPUT = 0x18_0000;
const DECODING = 0x3d_0000;
const ENCODING = 0x3d_0100;
const MARKS = 0x3d_6000;
const POLICY = 0x3e_0000;
const POLICY_BYTES = 0x1_0000;
const FILTER = 0x3f_0000;
const PAGE = 0x1_0000;

/** Characters and records of a chunk; longer strings would be slow to join. */
const CHUNK = 0x1_0000;
const MOST_RECORDS = 0x4000;
/** Texts of this many characters on average are written one by one, not joined first. */
const LONG = 400;
/**
 * Output is read once it is this long, or of this many records. From about 1 MB on Node keeps a
 * string outside of the heap, where no garbage collection has to copy it.
 */
const ENOUGH_OUTPUT = 0x10_0000;
const ENOUGH_PENDING = 0x8000;
const MOST_MARKS = 0x4000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Outcomes of assembly/index.ts. */
const UNDECIDED = 0;
const SAME = 1;
const KEPT = 2;
const EXTENDED = 4;

let compiled: object | undefined;

/**
 * Redacts plain records with the WebAssembly scanner, a chunk of them in one call: one write into its
 * memory, one read out of it. Leaves open what the scanner does not understand at a glance.
 */
export class FastPath {
  readonly #scanner: Scanner;
  readonly #policy: RedactionPolicy;
  readonly #layout: FastPolicy;
  readonly #suppression: SuppressionSet | undefined;
  #filterVersion = -1;
  /** Records whose text lies in the output, unread: index, kind and where the text ends. */
  readonly #pending = new Int32Array(3 * (ENOUGH_PENDING + MOST_RECORDS));
  #pendingCount = 0;
  #outputEnd = 0;
  #bytes: Buffer;
  #words: Int32Array;

  private constructor(
    scanner: Scanner,
    policy: RedactionPolicy,
    layout: FastPolicy,
    suppression: SuppressionSet | undefined,
  ) {
    this.#scanner = scanner;
    this.#policy = policy;
    this.#layout = layout;
    this.#suppression = suppression;
    this.#bytes = Buffer.from(scanner.memory.buffer);
    this.#words = new Int32Array(scanner.memory.buffer);
    this.#bytes.fill(0xff, DECODING, DECODING + 256);
    for (let value = 0; value < ALPHABET.length; value++) {
      this.#bytes[DECODING + ALPHABET.charCodeAt(value)] = value;
      this.#bytes[ENCODING + value] = ALPHABET.charCodeAt(value);
    }
    this.#bytes.set(layout.bytes, POLICY);
    scanner.usePolicy(policy.hasConsent, policy.keepWithoutConsentFlag);
  }

  /** Undefined where the engine has no WebAssembly with vectors, or the policy is too much for it. */
  static open(
    policy: RedactionPolicy,
    suppression: SuppressionSet | undefined,
  ): FastPath | undefined {
    const wasm = (globalThis as { WebAssembly?: Wasm }).WebAssembly;
    const layout = fastPolicy(policy, POLICY, POLICY_BYTES);
    if (wasm === undefined || layout === undefined) return undefined;
    try {
      compiled ??= new wasm.Module(Buffer.from(SCANNER_WASM, 'base64'));
      const scanner = new wasm.Instance(compiled).exports as Scanner;
      return new FastPath(scanner, policy, layout, suppression);
    } catch (error) {
      // An engine without vectors refuses the module; the reference path does all then.
      if (error instanceof Error && error.name === 'CompileError') return undefined;
      throw error;
    }
  }

  /** Sets the outcome of every record that it can decide. */
  redact(data: readonly string[], nowIso: string, outcomes: (BatchOutcome | undefined)[]): void {
    const marks = marksText(this.#policy, nowIso);
    if (Buffer.byteLength(marks) > MOST_MARKS) return;
    this.#scanner.useMarks(this.#bytes.write(marks, MARKS, 'utf8'));
    this.#useSuppression();
    let from = 0;
    while (from < data.length) {
      let to = from;
      let size = 0;
      while (to < data.length && to - from < MOST_RECORDS) {
        const length = data[to]!.length;
        if (size + length > CHUNK) break;
        size += length;
        this.#words[LENGTHS / 4 + to - from] = length;
        to++;
      }
      // A record larger than a chunk stays undecided.
      if (to === from) from++;
      else {
        this.#chunk(data, from, to, size, outcomes);
        from = to;
        const isMuch = this.#outputEnd >= ENOUGH_OUTPUT || this.#pendingCount >= ENOUGH_PENDING;
        if (isMuch) this.#readOutput(data, outcomes);
      }
    }
    this.#readOutput(data, outcomes);
  }

  #chunk(
    data: readonly string[],
    from: number,
    to: number,
    size: number,
    outcomes: (BatchOutcome | undefined)[],
  ): void {
    if (!this.#write(data, from, to, size)) return;
    this.#outputEnd = this.#scanner.redactChunk(to - from, this.#outputEnd);
    const words = this.#words;
    const pending = this.#pending;
    for (let index = from, result = RESULTS / 4; index < to; index++, result += 2) {
      const outcome = words[result]!;
      if (outcome === SAME) outcomes[index] = { kind: 'kept', data: data[index]! };
      else if (outcome !== UNDECIDED) {
        const at = 3 * this.#pendingCount++;
        pending[at] = index;
        pending[at + 1] = outcome;
        pending[at + 2] = words[result + 1]!;
      }
    }
  }

  /** False when a character is not ASCII, which would be cut to a byte, perhaps to one of base64. */
  #write(data: readonly string[], from: number, to: number, size: number): boolean {
    if (size < LONG * (to - from)) {
      const text = (to - from === data.length ? data : data.slice(from, to)).join('');
      if (Buffer.byteLength(text) !== size) return false;
      return this.#bytes.write(text, INPUT, size, 'latin1') === size;
    }
    let at = INPUT;
    for (let index = from; index < to; index++) {
      const text = data[index]!;
      const written = this.#bytes.write(text, at, 'utf8');
      if (written !== text.length) return false;
      at += written;
    }
    return true;
  }

  #readOutput(data: readonly string[], outcomes: (BatchOutcome | undefined)[]): void {
    const out = this.#bytes.toString('latin1', OUTPUT, OUTPUT + this.#outputEnd);
    const pending = this.#pending;
    let start = 0;
    for (let at = 0; at < 3 * this.#pendingCount; at += 3) {
      const index = pending[at]!;
      const outcome = pending[at + 1]!;
      const end = start + pending[at + 2]!;
      const text = out.substring(start, end);
      if ((outcome & 7) === EXTENDED) {
        // Only the newline is new: the text that came, up to its last quantum, and that one.
        outcomes[index] = {
          kind: 'kept',
          data: data[index]!.substring(0, (outcome >> 3) * 4) + text,
        };
      } else outcomes[index] = { kind: outcome === KEPT ? 'kept' : 'redacted', data: text };
      start = end;
    }
    this.#pendingCount = this.#outputEnd = 0;
  }

  /** Brings the scanner's copy of the filter up to date. */
  #useSuppression(): void {
    const list = this.#suppression;
    if (list === undefined || list.filter.version === this.#filterVersion) return;
    this.#filterVersion = list.filter.version;
    const { words } = list.filter;
    const missing = FILTER + words.byteLength - this.#scanner.memory.buffer.byteLength;
    if (missing > 0) {
      this.#scanner.memory.grow(Math.ceil(missing / PAGE));
      this.#bytes = Buffer.from(this.#scanner.memory.buffer);
      this.#words = new Int32Array(this.#scanner.memory.buffer);
    }
    this.#words.set(words, FILTER / 4);
    const key = Buffer.from(list.hasher.probeKey);
    const [key0, key1] = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)];
    this.#scanner.useSuppression(this.#layout.rules, words.length, key0, key1);
  }
}
