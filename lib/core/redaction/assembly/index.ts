// Redacts a chunk of base64 records in one call. What it does not understand at a glance it leaves
// to the reference path; what it answers is what that would answer.
import { decode, encode } from './base64';
import {
  EDITS, INPUT, LENGTHS, MARKS, OUTPUT, OUTPUT_END, RECORD, RESULTS, REWRITTEN, REWRITTEN_END,
} from './layout';
import { maySuppress, useFilter } from './suppression';
import {
  absences, edits, hasMember, intricate, lastBrace, refusals, trues, walk,
} from './walk';

/** For the reference path. */
const UNDECIDED = 0;
/** Kept, and the text as it came is the text that leaves. */
const SAME = 1;
const KEPT = 2;
const REDACTED = 3;
/** Kept: all quanta but the last are those that came; above the lowest three bits, how many. */
const EXTENDED = 4;
/** Texts of fewer characters are copied: joining strings would cost more. */
const LONG_TEXT: usize = 512;

let hasConsent: bool = false;
let keepWithoutFlag: bool = false;
let suppresses: bool = false;
let marksLength: usize = 0;

export function usePolicy(consent: bool, keep: bool): void {
  hasConsent = consent;
  keepWithoutFlag = keep;
}

/** How many bytes of marks lie ready. */
export function useMarks(length: usize): void {
  marksLength = length;
}

/** `words` of filter, a power of two, or 0 when nobody is on the list. */
export function useSuppression(rulesAt: usize, words: u32, key0: u64, key1: u64): void {
  suppresses = words != 0;
  useFilter(rulesAt, words, key0, key1);
}

/** Redacts the texts that lie ready; writes what leaves from `offset` of the output on. Answers its end. */
export function redactChunk(count: i32, offset: i32): i32 {
  let text = INPUT;
  let out = OUTPUT + <usize>offset;
  for (let index = 0; index < count; index++) {
    const length = <usize>load<u32>(LENGTHS + (<usize>index << 2));
    const result = RESULTS + (<usize>index << 3);
    const end = redact(text, length, out);
    store<u32>(result, outcome);
    store<u32>(result, <u32>(end - out), 4);
    out = end;
    text += length;
  }
  return <i32>(out - OUTPUT);
}

let outcome: i32 = UNDECIDED;

/** Answers the end of the text that it wrote at `out`. */
function redact(text: usize, length: usize, out: usize): usize {
  outcome = UNDECIDED;
  if (length == 0 || (length & 3) != 0) return out;
  const size = decode(text, length, RECORD);
  if (size < 0) return out;
  const end = RECORD + <usize>size;
  // No token holds a zero: none can reach beyond the record.
  v128.store(end, i64x2.splat(0));
  if (!walk(RECORD, end)) return out;
  if (consents()) {
    if (suppresses && maySuppress()) return out;
    return keep(text, length, end, out);
  }
  return intricate ? out : rewrite(text, out);
}

function consents(): bool {
  if (!hasConsent || refusals > 0) return false;
  return keepWithoutFlag || (trues > 0 && absences == 0);
}

function keep(text: usize, length: usize, end: usize, out: usize): usize {
  const after = lastBrace + 1;
  if (after + 1 == end && load<u8>(after) == 0x0a) {
    outcome = SAME;
    return out;
  }
  const whole = (after - RECORD) / 3;
  if (length >= LONG_TEXT) {
    if (out + 64 > OUTPUT_END) return out;
    outcome = EXTENDED | (<i32>whole << 3);
    store<u8>(after, 0x0a);
    return encode(RECORD + whole * 3, after + 1, out);
  }
  if (out + (whole << 2) + 64 > OUTPUT_END) return out;
  outcome = KEPT;
  copy(text, text + (whole << 2), out);
  store<u8>(after, 0x0a);
  return encode(RECORD + whole * 3, after + 1, out + (whole << 2));
}

/** Runs shorter than this are encoded anew. */
const LONG_RUN: usize = 64;
/** How far the rewritten record is encoded, at a multiple of 3 bytes, and where its text ends. */
let encoded: usize = 0;
let encodedText: usize = 0;

function rewrite(text: usize, out: usize): usize {
  const marks = hasMember ? MARKS : MARKS + 1;
  const marksEnd = MARKS + marksLength;
  const size = rewrittenSize() + marksLength;
  if (REWRITTEN + size + 64 > REWRITTEN_END || out + (size * 4) / 3 + 64 > OUTPUT_END) return out;
  encoded = REWRITTEN;
  encodedText = out;
  let from = RECORD;
  let to = REWRITTEN;
  for (let index = 0; index < edits; index++) {
    const edit = EDITS + (<usize>index << 4);
    to = keepRun(text, from, load<u32>(edit), to);
    const replacement = <usize>load<u32>(edit, 8);
    to = copy(replacement, replacement + <usize>load<u32>(edit, 12), to);
    from = load<u32>(edit, 4);
  }
  to = keepRun(text, from, lastBrace, to);
  to = copy(marks, marksEnd, to);
  outcome = REDACTED;
  return encode(encoded, to, encodedText);
}

/** Bytes of the record when all edits are made, without marks. */
function rewrittenSize(): usize {
  let size = lastBrace - RECORD;
  for (let index = 0; index < edits; index++) {
    const edit = EDITS + (<usize>index << 4);
    size += <usize>load<u32>(edit, 12) + <usize>load<u32>(edit) - <usize>load<u32>(edit, 4);
  }
  return size;
}

/**
 * Copies a run that stays. Where it stands at the same place modulo 3 as it came, its base64 is the
 * text that came: that is copied instead of encoded.
 */
function keepRun(text: usize, from: usize, end: usize, to: usize): usize {
  const after = copy(from, end, to);
  const shift = <i32>(to - REWRITTEN) - <i32>(from - RECORD);
  if (after - to < LONG_RUN || shift % 3 != 0) return after;
  const first = REWRITTEN + ((to - REWRITTEN + 2) / 3) * 3;
  const last = REWRITTEN + ((after - REWRITTEN) / 3) * 3;
  const quanta = (last - first) / 3;
  const came = text + <usize>((<i32>(first - REWRITTEN) - shift) / 3) * 4;
  encodedText = encode(encoded, first, encodedText);
  encodedText = copy(came, came + (quanta << 2), encodedText);
  encoded = last;
  return after;
}

/** Copies by 16 bytes; may write up to 15 bytes too far. Answers where the copy ends. */
function copy(from: usize, end: usize, to: usize): usize {
  const after = to + (end - from);
  for (; from < end; from += 16, to += 16) v128.store(to, v128.load(from));
  return after;
}
