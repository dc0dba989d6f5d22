import { Buffer } from 'node:buffer';

import { NORMALISE_RULES } from '../../suppression/normalise.ts';
import { CompiledMatcher } from '../compiled-matcher.ts';
import { reserve, type Engine } from '../engine.ts';
import type { Matcher } from '../matcher.ts';
import { pathTree, writePathTree, type PathNode } from './path-tree.ts';
import { EVENT, EVENT_LIMIT, type Scanned } from './row-scanner.ts';
import { RowWindow } from './row-window.ts';

const SKELETONS = 192 << 10;
const DOCUMENT = 16 << 10;
const DEFERRED = 28 << 10;
/** Longest value that the engine normalises itself. */
const NORMALISED = 4 << 10;
const NEWLINE = 0x0a;

/** The engine's scans over whole lines. */
type LineScan =
  'scanJsonRows' | 'scanTsvRows' | 'scanCsvRows' | 'scanResidueRows' | 'scanOtherRows';

/** Bytes of one wanted column in memory. */
const COLUMN = 20;
/** Columns that criteria may look at in one object. */
export const MAX_COLUMNS = 4096;

/** A column that criteria look at. */
export interface WantedColumn {
  /** From 0. */
  column: number;
  /** Path id of the column's text, or -1. */
  path: number;
  /** Where criteria look within its JSON. */
  json?: PathNode;
  /** Path ids that any string within its JSON may meet: then the reference decides. */
  deep: readonly number[];
}

/** The memory that one thread scans in, with its instance of the engine. */
export class ScanRoom {
  readonly engine: Engine;
  readonly window: RowWindow;
  readonly events: Uint32Array;
  /** Set by the scanner and by the reference alike; one byte a path id. */
  readonly seen: Uint8Array;
  readonly matcher: CompiledMatcher;
  /** The tree of the criteria's paths. */
  readonly root: PathNode;
  readonly #eventsAt: number;
  readonly #skeletonsAt: number;
  readonly #deferredAt: number;
  readonly #nodes: ReadonlyMap<PathNode, number>;
  #columnsAt = 0;

  constructor(matcher: CompiledMatcher) {
    const { memory } = matcher.criteria.table;
    const { strictTypes, ignoreCase, shapes } = matcher.criteria;
    this.matcher = matcher;
    this.root = pathTree(matcher.paths);
    this.engine = matcher.table.engine;
    this.window = new RowWindow(memory);
    this.#eventsAt = reserve(memory, EVENT_LIMIT * EVENT.size * 4);
    const seenAt = reserve(memory, matcher.paths.length);
    const setsAt = reserve(memory, shapes.length * 8);
    const documentAt = reserve(memory, DOCUMENT);
    this.#nodes = writePathTree(memory, this.root);
    this.#skeletonsAt = reserve(memory, SKELETONS);
    this.#deferredAt = reserve(memory, DEFERRED);
    this.events = new Uint32Array(memory.buffer, this.#eventsAt, EVENT_LIMIT * EVENT.size);
    this.seen = new Uint8Array(memory.buffer, seenAt, matcher.paths.length);
    const sets = new BigUint64Array(memory.buffer, setsAt, shapes.length);
    // Ids beyond 64 share a bit: the scanner then asks more often, never less.
    shapes.forEach((shape, id) => {
      sets[id] = shape.reduce((bits, path) => bits | (1n << BigInt(path & 63)), 0n);
    });
    const { numbers } = matcher.criteria.table;
    this.engine.useProbe(strictTypes, numbers, setsAt, shapes.length, seenAt);
    this.#useRules();
    this.engine.useDocument(documentAt, ignoreCase);
  }

  /** Tells the engine which paths' values are compared as a rule writes them. */
  #useRules(): void {
    const { memory } = this.matcher.criteria.table;
    const { rules } = this.matcher;
    if (rules.every((rule) => rule === 'exact')) return;
    const rulesAt = reserve(memory, rules.length);
    const roomAt = reserve(memory, NORMALISED + 1);
    new Uint8Array(memory.buffer, rulesAt, rules.length).set(
      rules.map((rule) => NORMALISE_RULES.indexOf(rule)),
    );
    this.engine.useRules(rulesAt, rules.length, roomAt, NORMALISED);
  }

  /** Forgets what was learnt of the last object. */
  beginObject(): void {
    this.seen.fill(0);
    this.engine.useSkeletons(this.#skeletonsAt, this.#skeletonsAt + SKELETONS);
  }

  /** Tells the engine which of a format's columns criteria look at; see assembly/columns.ts. */
  useColumns(wanted: readonly WantedColumn[], width: number): void {
    const { memory } = this.matcher.criteria.table;
    this.#columnsAt ||= reserve(memory, MAX_COLUMNS * COLUMN + this.matcher.paths.length * 4);
    const at = this.#columnsAt;
    const view = new DataView(memory.buffer, at);
    let deepAt = wanted.length * COLUMN;
    wanted.forEach(({ column, path, json, deep }, index) => {
      const spec = index * COLUMN;
      view.setUint32(spec, column, true);
      view.setInt32(spec + 4, path, true);
      view.setUint32(spec + 8, json ? this.#nodes.get(json)! : 0, true);
      view.setUint32(spec + 12, at + deepAt, true);
      view.setUint32(spec + 16, deep.length, true);
      for (const id of deep) {
        view.setUint32(deepAt, id, true);
        deepAt += 4;
      }
    });
    this.engine.useColumns(at, wanted.length, width);
  }

  /**
   * Scans the whole lines in memory at [at, end); a newline stands at `end` when `last`. `events` is
   * how many it may make.
   */
  scanLines(verb: LineScan, at: number, end: number, last: boolean, events = EVENT_LIMIT): Scanned {
    const root = this.#nodes.get(this.root)!;
    this.engine.useRows(this.#eventsAt, events, root, this.#deferredAt);
    const bytes = Buffer.from(this.matcher.criteria.table.memory.buffer, at, end - at);
    const newline = last ? end - 1 : at + bytes.lastIndexOf(NEWLINE);
    const limit = last && bytes.at(-1) !== NEWLINE ? end + 1 : newline + 1;
    if (limit <= at) return { end: at, rows: 0, lines: 0, events: 0 };
    const stopped = this.engine[verb](at, limit) >>> 0;
    return {
      // The sentinel after a last row without a line ending is nobody's.
      end: Math.min(stopped, end),
      rows: this.engine.rowsRead(),
      lines: this.engine.linesRead(),
      events: this.engine.eventsMade(),
    };
  }
}

const rooms = new WeakMap<Matcher, ScanRoom>();

/** The room of this thread for a matcher. Objects are scanned in it one after the other. */
export function scanRoomOf(matcher: Matcher): ScanRoom {
  let room = rooms.get(matcher);
  if (!room) {
    if (!(matcher instanceof CompiledMatcher)) throw new TypeError('not a compiled matcher');
    room = new ScanRoom(matcher);
    rooms.set(matcher, room);
  }
  return room;
}
