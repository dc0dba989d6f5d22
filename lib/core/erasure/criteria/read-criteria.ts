import { Buffer } from 'node:buffer';

import { reserve } from '../engine.ts';
import {
  CriteriaCompiler,
  type AddFault,
  type CompiledCriteria,
  type MatcherOptions,
} from './compiler.ts';
import type { Span } from './members.ts';
import { parseCriterion, type CriterionOutcome } from './parse-criterion.ts';
import { MAX_PATHS } from './path-ids.ts';

/** Longest line of a criteria file, in bytes. */
const MAX_LINE = 1 << 20;
/** Faults are all counted; the first are listed. */
const LISTED = 1000;
const WINDOW = MAX_LINE + (64 << 10);
/** Longest beginning and end of a line that are remembered. */
const AFFIX = 4096;
const NEWLINE = 0x0a;

const REFUSALS = {
  'too-many-paths': `the file names more than ${MAX_PATHS} different paths`,
  'other-rule': 'a path of it is normalised otherwise in a line before',
} as const satisfies Record<AddFault, string>;

export interface CriteriaFault {
  /** From 1. */
  line: number;
  /** Names keys and paths, never values. */
  reason: string;
}

export type CriteriaOutcome =
  | { ok: true; criteria: CompiledCriteria }
  /** In order of line; `more` is how many are not listed. */
  | { ok: false; faults: readonly CriteriaFault[]; more: number };

/**
 * Reads a criteria file, NDJSON, given in pieces of any length: {@link feed} them in order, then
 * {@link finish}. A BOM at the beginning and blank lines are no faults. Both throw JsonPathNotLoaded when
 * a line needs that library and it is not there: load it, and begin anew.
 */
export class CriteriaReader {
  readonly #compiler: CriteriaCompiler;
  readonly #window: Buffer;
  readonly #windowAt: number;
  #held = 0;
  #line = 0;
  #faults: CriteriaFault[] = [];
  #faultCount = 0;
  #criteria = 0;
  #tooLong = false;
  /** What the last plain line looks like around its value; see {@link #learn}. */
  #known: { path: number; before: number; after: number } | undefined;
  readonly #affixAt: number;
  readonly #affixes: Buffer;

  constructor(options: MatcherOptions = {}) {
    this.#compiler = new CriteriaCompiler(options);
    const { memory } = this.#compiler.builder;
    this.#windowAt = reserve(memory, WINDOW + 64);
    this.#affixAt = reserve(memory, 2 * AFFIX);
    this.#window = Buffer.from(memory.buffer, this.#windowAt, WINDOW + 16);
    this.#affixes = Buffer.from(memory.buffer, this.#affixAt, 2 * AFFIX);
  }

  feed(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + WINDOW - this.#held);
      this.#window.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      if (this.#held === WINDOW) this.#readLines(false);
    }
  }

  /** @param seed makes the table's order unpredictable; any 32-bit number. */
  finish(seed: number): CriteriaOutcome {
    this.#readLines(true);
    if (this.#faultCount === 0 && this.#criteria === 0) {
      this.#fault(Math.max(this.#line, 1), 'the file holds no criterion');
    }
    if (this.#faultCount > 0) {
      return { ok: false, faults: this.#faults, more: this.#faultCount - this.#faults.length };
    }
    return { ok: true, criteria: this.#compiler.compile(seed) };
  }

  #readLines(last: boolean): void {
    const window = this.#window;
    if (last && this.#held > 0 && window[this.#held - 1] !== NEWLINE)
      window[this.#held++] = NEWLINE;
    const end = window.lastIndexOf(NEWLINE, this.#held - 1) + 1;
    let at = 0;
    if (this.#tooLong && end > 0) {
      at = window.indexOf(NEWLINE) + 1;
      this.#tooLong = false;
    }
    if (this.#line === 0 && window[0] === 0xef && window[1] === 0xbb && window[2] === 0xbf) at = 3;
    while (at < end) {
      at = this.#loadAlike(at, end);
      if (at === end) break;
      const lineEnd = window.indexOf(NEWLINE, at);
      this.#readLine(at, lineEnd);
      at = lineEnd + 1;
    }
    window.copyWithin(0, end, this.#held);
    this.#held -= end;
    if (this.#held === WINDOW) {
      if (!this.#tooLong) this.#fault(++this.#line, `the line is longer than ${MAX_LINE} bytes`);
      this.#tooLong = true;
      this.#held = 0;
    }
  }

  #readLine(at: number, end: number): void {
    const window = this.#window;
    this.#line++;
    let first = at;
    while (first < end && isSpace(window[first]!)) first++;
    if (first === end) return;
    const read: CriterionOutcome =
      end - at > MAX_LINE
        ? { ok: false, reason: `the line is longer than ${MAX_LINE} bytes` }
        : parseCriterion(window, at, end);
    if (!read.ok) {
      this.#fault(this.#line, read.reason);
      return;
    }
    this.#criteria++;
    const refused = this.#compiler.add(read.conditions);
    if (refused !== undefined) this.#fault(this.#line, REFUSALS[refused]);
    const [only] = read.conditions;
    const isPlain = only?.value.kind === 'string' && (only.normalise ?? 'exact') === 'exact';
    // Beside a criterion with a rule the compiler says of each whether it may stand.
    if (read.conditions.length === 1 && isPlain && refused === undefined) {
      this.#learn(at, end, read.written, this.#compiler.pathId(only.path));
    }
  }

  /** Remembers the line's bytes before and after its value, for {@link #loadAlike}. */
  #learn(at: number, end: number, value: Span, path: number | undefined): void {
    const before = value.start + 1 - at;
    const after = end + 1 - (value.end - 1);
    if (path === undefined || before > AFFIX || after > AFFIX) return;
    this.#affixes.set(this.#window.subarray(at, at + before), 0);
    this.#affixes.set(this.#window.subarray(value.end - 1, end + 1), AFFIX);
    this.#known = { path, before, after };
  }

  #loadAlike(at: number, end: number): number {
    const known = this.#known;
    if (!known) return at;
    const { builder } = this.#compiler;
    while (at < end) {
      const room = builder.room();
      const stopped = builder.engine.loadSimple(
        this.#windowAt + at,
        this.#windowAt + end,
        this.#affixAt,
        known.before,
        this.#affixAt + AFFIX,
        known.after,
        known.path,
        room.at,
        room.limit,
      );
      const loaded = builder.engine.loadedEntries();
      if (loaded === 0) break;
      room.used(builder.engine.loadedTo() >>> 0, loaded);
      this.#compiler.count(loaded);
      this.#criteria += loaded;
      this.#line += loaded;
      at = (stopped >>> 0) - this.#windowAt;
    }
    return at;
  }

  #fault(line: number, reason: string): void {
    this.#faultCount++;
    if (this.#faults.length < LISTED) this.#faults.push({ line, reason });
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
