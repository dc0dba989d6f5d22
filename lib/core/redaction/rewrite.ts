import { Buffer } from 'node:buffer';
import type { KeyedHash } from './keyed-hash.ts';
import type { RedactionPolicy } from './policy.ts';
import { MARK_REDACTED, MARK_REDACTED_AT, type RecordWalk } from './record-walk.ts';
import { replacementFor } from './strategies.ts';

const TRUE = Buffer.from('true');
const NOTHING = new Uint8Array(0);
const NEWLINE = 0x0a;

/** A time as this program writes it. */
export const ISO_TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/;

/**
 * The redacted record: every noted span replaced, the marks appended before the last brace, white
 * space after it made one newline, all other bytes as they were.
 *
 * Marks that are there already are not doubled: `redacted` becomes `true` where it is anything else,
 * `redactedAt` stays if it is a time and this redaction found nothing to change, and is set anew
 * otherwise, so that it always tells when the record last lost anything.
 */
export function rewrite(
  bytes: Uint8Array,
  walk: RecordWalk,
  policy: RedactionPolicy,
  nowIso: string,
  keyedHash: KeyedHash | undefined,
): Uint8Array {
  const texts = replacements(bytes, walk, policy, nowIso, keyedHash);
  const marks = missingMarks(walk, policy, nowIso);
  let length = walk.lastBrace + Buffer.byteLength(marks) + 2;
  for (let edit = 0; edit < walk.edits; edit++) {
    length += texts[edit]!.length - (walk.editEnd[edit]! - walk.editStart[edit]!);
  }
  const out = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  for (let edit = 0; edit < walk.edits; edit++) {
    const start = walk.editStart[edit]!;
    out.set(bytes.subarray(from, start), to);
    to += start - from;
    out.set(texts[edit]!, to);
    to += texts[edit]!.length;
    from = walk.editEnd[edit]!;
  }
  out.set(bytes.subarray(from, walk.lastBrace), to);
  to += walk.lastBrace - from;
  to += out.write(marks, to, 'utf8');
  out[to] = 0x7d;
  out[to + 1] = NEWLINE;
  return out;
}

function replacements(
  bytes: Uint8Array,
  walk: RecordWalk,
  policy: RedactionPolicy,
  nowIso: string,
  keyedHash: KeyedHash | undefined,
): Uint8Array[] {
  const texts: Uint8Array[] = [];
  let changed = false;
  for (let edit = 0; edit < walk.edits; edit++) {
    const field = walk.editField[edit]!;
    if (field < 0) {
      texts.push(NOTHING);
      continue;
    }
    const rule = policy.fields[field]!;
    const [start, end] = [walk.editStart[edit]!, walk.editEnd[edit]!];
    const isDrop = rule.strategy.kind === 'drop';
    const text = isDrop ? NOTHING : replacementFor(rule, bytes, start, end, keyedHash);
    changed ||= isDrop || !equals(bytes, start, end, text);
    texts.push(text);
  }
  for (let edit = 0; edit < walk.edits; edit++) {
    const field = walk.editField[edit]!;
    const value = bytes.subarray(walk.editStart[edit], walk.editEnd[edit]);
    if (field === MARK_REDACTED) texts[edit] = TRUE;
    if (field === MARK_REDACTED_AT) {
      texts[edit] = !changed && isTime(value) ? value : Buffer.from(JSON.stringify(nowIso));
    }
  }
  return texts;
}

function missingMarks(walk: RecordWalk, policy: RedactionPolicy, nowIso: string): string {
  const { redacted, redactedAt } = policy.marks;
  let marks = '';
  let comma = walk.keepsMember ? ',' : '';
  if (!hasMark(walk, MARK_REDACTED)) {
    marks += `${comma}${redacted}:true`;
    comma = ',';
  }
  if (redactedAt !== undefined && !hasMark(walk, MARK_REDACTED_AT)) {
    marks += `${comma}${redactedAt}:"${nowIso}"`;
  }
  return marks;
}

function hasMark(walk: RecordWalk, mark: number): boolean {
  for (let edit = 0; edit < walk.edits; edit++) if (walk.editField[edit] === mark) return true;
  return false;
}

function isTime(value: Uint8Array): boolean {
  if (value.length > 40 || value[0] !== 0x22) return false;
  return ISO_TIME.test(Buffer.from(value).toString('latin1').slice(1, -1));
}

function equals(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text[index]) return false;
  }
  return true;
}
