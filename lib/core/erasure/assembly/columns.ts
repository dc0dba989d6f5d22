// Rows of text in a fixed number of columns: tab-separated without quotes, or CSV (RFC 4180).
import { askReference, beginRow, markSeen, probeString } from './probe';
import { readDocument, useDeepPaths } from './document';
import { beginRows, countLine, countRow, roomForEvent, settleRows } from './rows';
import { skipSpace } from './tokens';

const TAB: v128 = i8x16.splat(0x09);
const NEWLINE: v128 = i8x16.splat(0x0a);

/**
 * For each wanted column, ascending: u32 column from 0, i32 path id or -1, u32 node of its JSON or 0,
 * u32 address and u32 count of path ids that any string within its JSON may meet.
 */
const SPEC: usize = 20;
let wanted: usize = 0;
let wantedCount: u32 = 0;
let columns: u32 = 0;

export function useColumns(at: usize, count: u32, width: u32): void {
  wanted = at;
  wantedCount = count;
  columns = width;
}

/** As scanJsonRows. A row with another number of columns is left to the reference. */
export function scanTsvRows(at: usize, end: usize): usize {
  beginRows();
  while (at < end && roomForEvent()) {
    countLine();
    const start = at;
    const byte = load<u8>(at);
    if (byte == 0x0a || (byte == 0x0d && load<u8>(at, 1) == 0x0a)) {
      at += byte == 0x0a ? 1 : 2;
      continue;
    }
    beginRow();
    at = scanColumns(start);
    countRow(start, at);
  }
  settleRows();
  return at;
}

function scanColumns(start: usize): usize {
  let block = start;
  let column: u32 = 0;
  let columnStart = start;
  let next: u32 = 0;
  let target = wantedCount > 0 ? load<u32>(wanted) : u32.MAX_VALUE;
  while (true) {
    const bytes = v128.load(block);
    const ends = i8x16.bitmask(i8x16.eq(bytes, NEWLINE));
    let tabs = i8x16.bitmask(i8x16.eq(bytes, TAB));
    if (ends != 0) tabs &= (ends & -ends) - 1;
    const count = <u32>popcnt(tabs);
    if (column + count >= target || (ends != 0 && next < wantedCount)) {
      // A wanted column begins or ends in this block: step from tab to tab.
      while (tabs != 0) {
        const tab = block + ctz(tabs);
        if (column == target) {
          readColumn(wanted + <usize>next * SPEC, columnStart, tab);
          next++;
          target = next < wantedCount ? load<u32>(wanted + <usize>next * SPEC) : u32.MAX_VALUE;
        }
        column++;
        columnStart = tab + 1;
        tabs &= tabs - 1;
      }
    } else {
      column += count;
      if (count != 0) columnStart = block + (32 - clz(tabs));
    }
    if (ends != 0) {
      const newline = block + ctz(ends);
      if (column == target) {
        const cr = newline > columnStart && load<u8>(newline - 1) == 0x0d;
        readColumn(wanted + <usize>next * SPEC, columnStart, cr ? newline - 1 : newline);
      }
      if (column + 1 != columns) askReference();
      return newline + 1;
    }
    block += 16;
  }
}

/** An empty column is null. */
function readColumn(spec: usize, at: usize, end: usize): void {
  const path = load<i32>(spec, 4);
  if (path >= 0) markSeen(path);
  if (at == end) return;
  if (path >= 0) probeString(path, at, end);
  const node = load<u32>(spec, 8);
  if (node == 0) return;
  useDeepPaths(load<u32>(spec, 12), load<u32>(spec, 16));
  // The tab or newline after the column stops the reader, for neither is within a JSON value.
  const first = skipSpace(at);
  const after = first < end ? readDocument(first, node) : 0;
  useDeepPaths(0, 0);
  if (after == 0 || after > end || skipSpaces(after, end) != end) askReference();
}

function skipSpaces(at: usize, end: usize): usize {
  while (at < end && (load<u8>(at) == 0x20 || load<u8>(at) == 0x0d)) at++;
  return at;
}

let delimiter: u32 = 0x2c;

export function useDelimiter(byte: u32): void {
  delimiter = byte;
}

/** As scanJsonRows, but stops before a record that does not end before `end`. */
export function scanCsvRows(at: usize, end: usize): usize {
  beginRows();
  while (at < end && roomForEvent()) {
    const start = at;
    const byte = load<u8>(at);
    if (byte == 0x0a || (byte == 0x0d && load<u8>(at, 1) == 0x0a)) {
      at += byte == 0x0a ? 1 : 2;
      countLine();
      continue;
    }
    beginRow();
    breaks = 0;
    at = scanRecord(start, end);
    if (at == 0) {
      at = start;
      break;
    }
    countLine();
    countRow(start, at);
    while (breaks > 0) {
      breaks--;
      countLine();
    }
  }
  settleRows();
  return at;
}

/** Newlines within the quotes of the record read last. */
let breaks: u32 = 0;

/** Past the record's line ending, or 0 when it goes on beyond `end`. */
function scanRecord(at: usize, end: usize): usize {
  let column: u32 = 0;
  let next: u32 = 0;
  let target = wantedCount > 0 ? load<u32>(wanted) : u32.MAX_VALUE;
  let last = false;
  while (!last) {
    const quoted = at < end && load<u8>(at) == 0x22;
    let doubled = false;
    let start = at;
    let stop: usize = 0;
    if (quoted) {
      start = ++at;
      while (true) {
        if (at + 1 >= end) return 0;
        const byte = load<u8>(at);
        if (byte == 0x22) {
          if (load<u8>(at, 1) != 0x22) break;
          doubled = true;
          at++;
        } else if (byte == 0x0a) breaks++;
        at++;
      }
      stop = at++;
    }
    const rest = at;
    let odd = false;
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte == delimiter || byte == 0x0a) break;
      if (byte == 0x22) odd = true;
      at++;
    }
    if (at == end) return 0;
    last = load<u8>(at) == 0x0a;
    const until = last && at > rest && load<u8>(at - 1) == 0x0d ? at - 1 : at;
    if (!quoted) stop = until;
    if (odd || (quoted && until != rest)) askReference();
    if (column == target) {
      const path = load<i32>(wanted + <usize>next * SPEC, 4);
      if (doubled) askReference();
      else if (quoted || stop != start) probeString(path, start, stop);
      next++;
      target = next < wantedCount ? load<u32>(wanted + <usize>next * SPEC) : u32.MAX_VALUE;
    }
    column++;
    at++;
  }
  if (column != columns) askReference();
  return at;
}
