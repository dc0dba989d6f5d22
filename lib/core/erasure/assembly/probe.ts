// What the criteria say of a value, gathered over one row.
import { collect, collecting } from './collect';
import { defer, forgetRow } from './deferred';
import {
  AS_IT_WAS,
  normalise,
  normalisedAt,
  normalisedEnd,
  ruleOf,
  UNKNOWN,
} from './normalise';
import { find, findHashed, hashOf, hasValues, isPlainlyAbsent } from './table';
import { canonical, skipNumber } from './tokens';

// Flags of an entry; see value-table.ts.
const STRING: u32 = 1;
const NUMBER: u32 = 2;
const NUMERIC_STRING: u32 = 4;
const BOOLEAN: u32 = 8;

let stringMask: u32 = STRING | NUMBER;
let numberMask: u32 = NUMBER | NUMERIC_STRING;
/** Whether strings meet number criteria: then `1.50` has to be looked at by the reference. */
let crossing: bool = true;
/** Whether any criterion has a number. */
let withNumbers: bool = true;
let sets: usize = 0;
let setCount: u32 = 0;
let seen: usize = 0;

/** The row matches. */
export let matched: bool = false;
/** The row must be read by the reference. */
export let ask: bool = false;
/** Paths (by id, at most 64) that met a value of a criterion of several paths. */
export let partial: u64 = 0;

/** `pathSets` holds `count` u64: the path ids of each shape of composite criteria, as bits. */
export function useProbe(
  strict: bool,
  numbers: bool,
  pathSets: usize,
  count: u32,
  seenAt: usize,
): void {
  stringMask = strict ? STRING : STRING | NUMBER;
  numberMask = strict ? NUMBER : NUMBER | NUMERIC_STRING;
  crossing = !strict;
  withNumbers = numbers;
  sets = pathSets;
  setCount = count;
  seen = seenAt;
}

// @ts-ignore: decorator
@inline
export function beginRow(): void {
  matched = false;
  ask = false;
  partial = 0;
  forgetRow();
}

/** Goes on with a row whose values were deferred. */
// @ts-ignore: decorator
@inline
export function resumeRow(wasMatched: bool, wasAsked: bool, met: u64): void {
  matched = wasMatched;
  ask = wasAsked;
  partial = met;
}

/** Settles what several paths say together. */
// @ts-ignore: decorator
@inline
export function endRow(): void {
  if (partial != 0) compareSets();
}

function compareSets(): void {
  for (let index: u32 = 0; index < setCount; index++) {
    const set = load<u64>(sets + (<usize>index << 3));
    if ((partial & set) == set) ask = true;
  }
}

// @ts-ignore: decorator
@inline
export function askReference(): void {
  ask = true;
}

// @ts-ignore: decorator
@inline
export function matchRow(): void {
  matched = true;
}

// @ts-ignore: decorator
@inline
export function markSeen(path: i32): void {
  store<u8>(seen + <usize>path, 1);
}

// @ts-ignore: decorator
@inline
export function met(path: u32, flags: u32, accepted: u32): void {
  if ((flags & accepted) != 0) matched = true;
  if (((flags >> 4) & accepted) != 0) partial |= (<u64>1) << path;
}

// @ts-ignore: decorator
@inline
function lookUp(path: u32, at: usize, end: usize, accepted: u32): void {
  if (collecting()) {
    if (!collect(path, at, end)) ask = true;
    return;
  }
  if (!hasValues()) return;
  const length = <u32>(end - at);
  const hash = hashOf(path, at, length);
  if (isPlainlyAbsent(hash)) return;
  if (defer(hash, path, at, length, accepted)) return;
  const entry = findHashed(hash, path, at, length);
  if (entry != 0) met(path, load<u8>(entry, 6), accepted);
}

/** Whether the bytes are a number that is not written canonically: it may still equal a number criterion. */
// @ts-ignore: decorator
@inline
function isOddNumber(at: usize, end: usize): bool {
  const byte = <u32>load<u8>(at);
  return (byte == 0x2d || byte - 0x30 <= 9) && skipNumber(at) == end && !canonical;
}

/** A string without escapes: the bytes between its quotes. */
export function probeString(path: u32, at: usize, end: usize): void {
  lookUp(path, at, end, stringMask);
  // Where there is no number criterion, no string meets one; but a filter must know all that may come.
  if (crossing && (withNumbers || collecting()) && isOddNumber(at, end)) ask = true;
  const rule = ruleOf(path);
  if (rule != 0) probeNormalised(path, rule, at, end);
}

/** What a value is once it is written as the rule of its path does. */
function probeNormalised(path: u32, rule: u32, at: usize, end: usize): void {
  const how = normalise(rule, at, end);
  if (how == AS_IT_WAS) return;
  if (how == UNKNOWN) {
    ask = true;
    return;
  }
  const from = normalisedAt();
  const to = normalisedEnd();
  if (from == to) return;
  if (collecting()) {
    // A filter knows numbers by their canonical text.
    if (isOddNumber(from, to) || !collect(path, from, to)) ask = true;
    return;
  }
  if (!hasValues()) return;
  // Not deferred: the room is the next value's as well.
  const entry = find(path, from, <u32>(to - from));
  if (entry != 0) met(path, load<u8>(entry, 6), STRING);
}

/** A number that {@link skipNumber} has just passed over. */
export function probeNumber(path: u32, at: usize, end: usize): void {
  if (!canonical) {
    ask = true;
    return;
  }
  lookUp(path, at, end, numberMask);
  const rule = ruleOf(path);
  if (rule != 0) probeNormalised(path, rule, at, end);
}

/** `true`, `false` or `null`, which no criterion meets. */
export function probeWord(path: u32, at: usize, end: usize): void {
  if (load<u8>(at) == 0x6e) return;
  lookUp(path, at, end, BOOLEAN);
}
