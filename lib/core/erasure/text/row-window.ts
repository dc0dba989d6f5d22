import { Buffer } from 'node:buffer';

import { reserve, type SharedMemory } from '../engine.ts';
import { CorruptObject, type ByteReader } from '../format.ts';
import { EVENT, EVENT_KIND, EVENT_LIMIT, type RowScanner, type Verdict } from './row-scanner.ts';

/** Rows beyond this are not read into memory: kept, and counted as unparsable. In bytes. */
export const MAX_ROW = 32 << 20;
/** Fits the second-level cache of most cores, so that a byte is fetched from afar once. */
const WINDOW = 512 << 10;
/** The scanner reads so far beyond the end at most, the sentinel newline included. */
const PADDING = 64;
const NEWLINE = 0x0a;

/** A run of consecutive bytes of an object, and what is to be cut from it. */
export interface Stretch {
  /** Offset of the first byte in the decompressed object. */
  offset: number;
  /** Holds only until the listener answers; the listener may move bytes about within it. */
  bytes: Buffer;
  /** [from, to) pairs relative to `bytes`, ascending, not touching. */
  cuts: readonly number[];
}

export interface RowListener {
  /** `head` is how many bytes at the object's beginning are no rows; all in its first stretch. */
  stretch(stretch: Stretch, head: number): void | Promise<void>;
  fault(offset: number, line: number, reason: string): void;
}

export interface RowsRead {
  rows: number;
  /** Blank ones included, as an editor counts them. */
  lines: number;
  matched: number;
  /** Bytes at the beginning that are no rows. */
  head: number;
}

/** Memory for rows; one a thread, used for one object after the other. */
export class RowWindow {
  readonly #memory: SharedMemory;
  #at: number;
  #bytes: Buffer;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
    this.#at = reserve(memory, WINDOW + PADDING);
    this.#bytes = Buffer.from(memory.buffer, this.#at, WINDOW + PADDING);
  }

  /**
   * Reads all rows and tells the listener of every byte, in order; answers the counts.
   * @param headless the first byte is a row's, as within an object: no BOM, no header
   */
  async readRows(
    reader: ByteReader,
    scanner: RowScanner,
    listener: RowListener,
    headless = false,
  ): Promise<RowsRead> {
    const pass = new Pass(scanner, listener);
    let held = 0;
    let last = false;
    let begun = headless;
    while (!last) {
      const room = this.#bytes.length - PADDING;
      if (held === room) held = await this.#makeRoom(pass, held);
      // A window is filled before it is scanned, however small the pieces are.
      while (held < this.#bytes.length - PADDING) {
        const got = reader.read(this.#bytes.subarray(held, this.#bytes.length - PADDING));
        const length = typeof got === 'number' ? got : await got;
        if (length === 0) {
          last = true;
          break;
        }
        held += length;
      }
      let at = 0;
      if (!begun) {
        const head = scanner.begin(this.#bytes.subarray(0, held), last);
        if (head === 'more') continue;
        begun = true;
        if ('fault' in head) throw new CorruptObject(head.fault, 0);
        at = head.skip;
        pass.head = at;
        if (at > 0) await pass.keep(this.#bytes.subarray(0, at));
      }
      if (pass.passingOver) at = await this.#passOver(pass, held);
      this.#bytes[held] = NEWLINE;
      while (at < held) {
        const next = await pass.scan(this.#bytes, this.#at, at, held, last);
        if (next === at) break;
        at = next;
      }
      if (last && at < held) throw new CorruptObject('its last record is cut short', pass.offset);
      this.#bytes.copyWithin(0, at, held);
      held -= at;
    }
    return { rows: pass.rows, lines: pass.lines, matched: pass.matched, head: pass.head };
  }

  /** Doubles the window; beyond {@link MAX_ROW} starts to pass the row over instead. */
  async #makeRoom(pass: Pass, held: number): Promise<number> {
    if (held >= MAX_ROW) {
      await pass.beginPassingOver(this.#bytes.subarray(0, held));
      return 0;
    }
    const size = held * 2 + PADDING;
    const at = reserve(this.#memory, size);
    const wider = Buffer.from(this.#memory.buffer, at, size);
    wider.set(this.#bytes.subarray(0, held));
    this.#at = at;
    this.#bytes = wider;
    return held;
  }

  async #passOver(pass: Pass, held: number): Promise<number> {
    const newline = this.#bytes.subarray(0, held).indexOf(NEWLINE);
    const to = newline < 0 ? held : newline + 1;
    await pass.keep(this.#bytes.subarray(0, to));
    if (newline >= 0) pass.passingOver = false;
    return to;
  }
}

/** One reading of one object. */
class Pass {
  rows = 0;
  /** Blank ones and those of a header included. */
  lines = 0;
  matched = 0;
  offset = 0;
  head = 0;
  passingOver = false;
  readonly #scanner: RowScanner;
  readonly #listener: RowListener;

  constructor(scanner: RowScanner, listener: RowListener) {
    this.#scanner = scanner;
    this.#listener = listener;
  }

  async keep(bytes: Buffer): Promise<void> {
    await this.#listener.stretch({ offset: this.offset, bytes, cuts: [] }, this.head);
    this.offset += bytes.length;
  }

  async beginPassingOver(bytes: Buffer): Promise<void> {
    const reason = `it is longer than ${MAX_ROW >> 20} MiB`;
    if (!this.#scanner.endsAtNewline) throw new CorruptObject(`a record: ${reason}`, this.offset);
    this.rows++;
    this.lines++;
    this.#listener.fault(this.offset, this.lines, reason);
    this.passingOver = true;
    await this.keep(bytes);
  }

  /** Scans once; answers where to go on. `base` is the address of `window[0]`. */
  async scan(
    window: Buffer,
    base: number,
    at: number,
    held: number,
    last: boolean,
  ): Promise<number> {
    const scanned = this.#scanner.scan(base + at, base + held, last);
    const next = scanned.end - base;
    if (next === at) return at;
    const cuts = this.#judge(window, base, at, held, scanned.events);
    this.rows += scanned.rows;
    this.lines += scanned.lines;
    const bytes = window.subarray(at, next);
    const told = this.#listener.stretch({ offset: this.offset, bytes, cuts }, this.head);
    if (told) await told;
    this.offset += next - at;
    return next;
  }

  #judge(window: Buffer, base: number, at: number, held: number, count: number): number[] {
    const { events } = this.#scanner;
    const cuts: number[] = [];
    let cutTo = -1;
    const end = Math.min(count, EVENT_LIMIT) * EVENT.size;
    for (let event = 0; event < end; event += EVENT.size) {
      const from = events[event + EVENT.start]! - base;
      const to = Math.min(events[event + EVENT.end]! - base, held);
      const verdict: Verdict =
        events[event + EVENT.kind] === EVENT_KIND.matched
          ? 'matches'
          : this.#scanner.judge(window, from, to);
      if (verdict === 'matches') {
        this.matched++;
        if (cutTo === from) cuts[cuts.length - 1] = to - at;
        else cuts.push(from - at, to - at);
        cutTo = to;
      } else if (verdict !== 'kept') {
        const line = this.lines + events[event + EVENT.line]!;
        this.#listener.fault(this.offset + from - at, line, verdict.fault);
      }
    }
    return cuts;
  }
}
