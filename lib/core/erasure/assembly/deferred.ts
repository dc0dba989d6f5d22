// Values of many rows are looked up together. A table of a million values does not fit the caches:
// looked up one after the other, each value waits for memory; side by side, they wait at once.
import { equalBytes, find, prefetchBucket, prefetchEntry } from './table';

// Value: u32 address, u32 length, u32 hash, u16 path id, u16 accepted flags, u32 entry that it may
// equal or 0, u32 1 where only the table itself can tell.
const VALUE: usize = 24;
const MOST_VALUES: u32 = 512;
// Row: u32 start, u32 end past the newline, u32 line within the call, u32 index past its last value,
// u64 paths met already, u32 bits (1 matched, 2 ask), u32 unused.
const ROW: usize = 32;
const MOST_ROWS: u32 = 512;
const MATCHED: u32 = 1;
const ASK: u32 = 2;

let values: usize = 0;
let rows: usize = 0;
let valueCount: u32 = 0;
/** Values of the rows that are held; those beyond are of the row being read. */
let heldValues: u32 = 0;
let heldRows: u32 = 0;

/** `at` holds 28 KiB. */
export function useDeferred(at: usize): void {
  values = at;
  rows = at + VALUE * MOST_VALUES;
  forgetAll();
}

export function forgetAll(): void {
  valueCount = 0;
  heldValues = 0;
  heldRows = 0;
}

/** Drops what was deferred of the row being read. */
// @ts-ignore: decorator
@inline
export function forgetRow(): void {
  valueCount = heldValues;
}

/** Answers false when there is no more room: the caller looks up itself. */
// @ts-ignore: decorator
@inline
export function defer(hash: u32, path: u32, at: usize, length: u32, accepted: u32): bool {
  if (valueCount == MOST_VALUES) return false;
  const value = values + <usize>valueCount * VALUE;
  store<u32>(value, <u32>at);
  store<u32>(value, length, 4);
  store<u32>(value, hash, 8);
  store<u32>(value, path | (accepted << 16), 12);
  valueCount++;
  return true;
}

/** Whether something of the row being read is deferred. */
// @ts-ignore: decorator
@inline
export function isDeferred(): bool {
  return valueCount != heldValues;
}

/** Holds the row being read until its values are looked up. */
// @ts-ignore: decorator
@inline
export function holdRow(
  start: usize,
  end: usize,
  line: u32,
  partial: u64,
  matched: bool,
  ask: bool,
): void {
  const row = rows + <usize>heldRows * ROW;
  store<u32>(row, <u32>start);
  store<u32>(row, <u32>end, 4);
  store<u32>(row, line, 8);
  store<u32>(row, valueCount, 12);
  store<u64>(row, partial, 16);
  store<u32>(row, (matched ? MATCHED : 0) | (ask ? ASK : 0), 24);
  heldValues = valueCount;
  heldRows++;
}

// @ts-ignore: decorator
@inline
export function rowsHeld(): u32 {
  return heldRows;
}

/** Whether there is no room for another row of usual size. */
// @ts-ignore: decorator
@inline
export function isFull(): bool {
  return heldRows == MOST_ROWS || valueCount > MOST_VALUES - 64;
}

export function rowStart(row: u32): u32 {
  return load<u32>(rows + <usize>row * ROW);
}
export function rowEnd(row: u32): u32 {
  return load<u32>(rows + <usize>row * ROW, 4);
}
export function rowLine(row: u32): u32 {
  return load<u32>(rows + <usize>row * ROW, 8);
}
export function rowValuesEnd(row: u32): u32 {
  return load<u32>(rows + <usize>row * ROW, 12);
}
export function rowPartial(row: u32): u64 {
  return load<u64>(rows + <usize>row * ROW, 16);
}
export function rowMatched(row: u32): bool {
  return (load<u32>(rows + <usize>row * ROW, 24) & MATCHED) != 0;
}
export function rowAsks(row: u32): bool {
  return (load<u32>(rows + <usize>row * ROW, 24) & ASK) != 0;
}

export function valuePath(index: u32): u32 {
  return <u32>load<u16>(values + <usize>index * VALUE, 12);
}
export function valueAccepted(index: u32): u32 {
  return <u32>load<u16>(values + <usize>index * VALUE, 14);
}

/**
 * Fetches what the held rows' values need: first all buckets, then all entries. No branch depends on
 * what is fetched, so that the processor does not wait for one before it asks for the next.
 */
export function fetchAll(): void {
  const to = values + <usize>heldValues * VALUE;
  for (let value = values; value < to; value += VALUE) {
    prefetchBucket(load<u32>(value, 8), value + 16);
  }
  for (let value = values; value < to; value += VALUE) {
    const entry = <usize>load<u32>(value, 16);
    const found = prefetchEntry(
      entry,
      <u32>load<u16>(value, 12),
      <usize>load<u32>(value),
      load<u32>(value, 4),
    );
    store<u32>(value, <u32>found, 16);
  }
}

/** The entry of a value after {@link fetchAll}, or 0. */
export function entryOf(index: u32): usize {
  const value = values + <usize>index * VALUE;
  const at = <usize>load<u32>(value);
  const length = load<u32>(value, 4);
  if (load<u32>(value, 20) != 0) return find(<u32>load<u16>(value, 12), at, length);
  const entry = <usize>load<u32>(value, 16);
  if (entry == 0 || length <= 8) return entry;
  return equalBytes(entry + 16, at + 8, length - 8) ? entry : 0;
}
