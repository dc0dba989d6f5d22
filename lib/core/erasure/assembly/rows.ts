// Rows of JSON Lines. What happens to a row is told by events; a row without one is kept.
import {
  entryOf,
  fetchAll,
  forgetAll,
  holdRow,
  isDeferred,
  isFull,
  rowAsks,
  rowEnd,
  rowLine,
  rowMatched,
  rowPartial,
  rowsHeld,
  rowStart,
  rowValuesEnd,
  useDeferred,
  valueAccepted,
  valuePath,
} from './deferred';
import { ask, askReference, beginRow, endRow, matched, met, partial, resumeRow } from './probe';
import { plain, readDocument } from './document';
import { followSkeleton, learnSkeleton } from './skeleton';
import { skipSpace } from './tokens';

/** Event: u32 row's start, u32 its end past the newline, u32 kind, u32 line within the call. */
const MATCHED: u32 = 1;
const ASK: u32 = 2;
const NEWLINE: v128 = i8x16.splat(0x0a);

let events: usize = 0;
let eventLimit: u32 = 0;
let eventCount: u32 = 0;
let rowCount: u32 = 0;
let lineCount: u32 = 0;
let paths: usize = 0;
/** How far following a skeleton is worth while: rows to go without trying. */
let pause: u32 = 0;
let misses: u32 = 0;

export function useRows(eventsAt: usize, limit: u32, root: usize, deferredAt: usize): void {
  useDeferred(deferredAt);
  events = eventsAt;
  eventLimit = limit;
  paths = root;
}

/** Events of the last call. */
export function eventsMade(): u32 {
  return eventCount;
}
/** Rows of the last call that hold something, matching and questionable ones included. */
export function rowsRead(): u32 {
  return rowCount;
}
/** Lines of the last call, blank ones included. */
export function linesRead(): u32 {
  return lineCount;
}

// @ts-ignore: decorator
@inline
export function pastNewline(at: usize): usize {
  while (true) {
    const bits = i8x16.bitmask(i8x16.eq(v128.load(at), NEWLINE));
    if (bits != 0) return at + ctz(bits) + 1;
    at += 16;
  }
}

export function beginRows(): void {
  eventCount = 0;
  rowCount = 0;
  lineCount = 0;
}

// @ts-ignore: decorator
@inline
export function countRow(start: usize, end: usize): void {
  rowCount++;
  if (!ask && !matched && partial == 0 && !isDeferred()) return;
  holdRow(start, end, lineCount, partial, matched, ask);
  if (isFull()) settleRows();
}

/** Looks up what was deferred and tells of the rows held, in their order. */
export function settleRows(): void {
  fetchAll();
  let value: u32 = 0;
  const held = rowsHeld();
  for (let row: u32 = 0; row < held; row++) {
    resumeRow(rowMatched(row), rowAsks(row), rowPartial(row));
    for (const to = rowValuesEnd(row); value < to; value++) {
      const entry = entryOf(value);
      if (entry != 0) met(valuePath(value), <u32>load<u8>(entry, 6), valueAccepted(value));
    }
    endRow();
    if (!ask && !matched) continue;
    const here = events + <usize>eventCount * 16;
    store<u32>(here, rowStart(row));
    store<u32>(here, rowEnd(row), 4);
    store<u32>(here, ask ? ASK : MATCHED, 8);
    store<u32>(here, rowLine(row), 12);
    eventCount++;
  }
  forgetAll();
}

// @ts-ignore: decorator
@inline
export function roomForEvent(): bool {
  return eventCount + rowsHeld() < eventLimit;
}

// @ts-ignore: decorator
@inline
export function countLine(): void {
  lineCount++;
}

/**
 * Reads the rows in [at, end); the byte before `end` is a newline. Answers where it stopped: at
 * `end`, or earlier, at a row's start, when there is no room for more events.
 */
export function scanJsonRows(at: usize, end: usize): usize {
  beginRows();
  while (at < end && roomForEvent()) {
    const start = at;
    lineCount++;
    if (pause == 0) {
      beginRow();
      at = followSkeleton(start);
      if (at != 0) {
        if (misses > 0) misses--;
        countRow(start, at);
        continue;
      }
      misses += 4;
      if (misses > 1024) {
        misses = 0;
        pause = 8192;
      }
    } else pause--;
    at = readRow(start);
  }
  settleRows();
  return at;
}

function readRow(start: usize): usize {
  beginRow();
  const first = skipSpace(start);
  if (load<u8>(first) == 0x0a) return first + 1;
  let end = readDocument(first, paths);
  if (end != 0) {
    end = skipSpace(end);
    if (load<u8>(end) == 0x0a) {
      end++;
      if (plain && pause == 0) learnSkeleton(start, end);
      countRow(start, end);
      return end;
    }
  }
  askReference();
  end = pastNewline(start);
  countRow(start, end);
  return end;
}

/** Gives every line that is not blank to the reference. */
export function scanOtherRows(at: usize, end: usize): usize {
  beginRows();
  while (at < end && roomForEvent()) {
    const start = at;
    lineCount++;
    beginRow();
    at = pastNewline(start);
    if (load<u8>(skipSpace(start)) == 0x0a) continue;
    askReference();
    countRow(start, at);
  }
  settleRows();
  return at;
}
