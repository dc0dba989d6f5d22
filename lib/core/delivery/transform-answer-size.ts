import { Buffer } from 'node:buffer';
import { type FieldPath, segmentsOf } from '../data-map/field-path.ts';
import type { RedactionStrategy, StreamStore } from '../data-map/schema.ts';
import { REDACTED_CONTENT } from '../redaction/policy.ts';

/**
 * What a transform function may answer, in bytes. The documents say 6 MB without saying which; this
 * is the smaller. Source: Amazon Data Firehose developer guide, data transformation.
 */
export const TRANSFORM_ANSWER_LIMIT = 6_000_000;

/** Firehose's record ids are some 62 characters long; AWS promises no length. */
const RECORD_ID = 'x'.repeat(80);
const AROUND_RECORDS = JSON.stringify({ records: [] }).length;
const AROUND_RECORD = JSON.stringify({ recordId: RECORD_ID, result: 'Ok', data: '' }).length + 1;
const AROUND_MEMBER = '"":,'.length;
const TIMESTAMP = '"2021-01-31T20:31:26.114917Z"'.length;
/** A token of redaction/keyed-hash.ts in quotes: name, 32 bytes and 16 bytes as base64url. */
const KEYED_HASH = '"hmac::"'.length + 43 + 22;
/** What a value becomes that no gentler strategy can treat; longer than a coarser date or number. */
const FALLBACK = JSON.stringify(REDACTED_CONTENT).length;

/**
 * The most bytes that the filter answers for a batch whose records' data are together at most
 * `bufferBytes`, the delivery stream's buffer hint for the function. It assumes that each record
 * holds at least the keys that the data map names (its `shape`, else the paths' first keys), each
 * with the shortest value there is, and may else be anything, such as one personal key ten thousand
 * times. Of smaller records more fit into a batch, each with its own marks and envelope: no
 * configuration rules them out, so the function itself also keeps the limit at run time.
 */
export function worstCaseAnswerBytes(store: StreamStore, bufferBytes: number): number {
  const smallest = smallestRecord(store);
  const most = Math.max(1, Math.floor(bufferBytes / smallest));
  // Between the two ends the sum is linear in the number of records.
  return Math.max(answerBytes(store, bufferBytes, most), answerBytes(store, bufferBytes, 1));
}

/** The largest buffer, in whole bytes, whose worst case stays within the limit. */
export function largestTransformBuffer(store: StreamStore): number {
  let fits = 0;
  let over = TRANSFORM_ANSWER_LIMIT;
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (worstCaseAnswerBytes(store, middle) <= TRANSFORM_ANSWER_LIMIT) fits = middle;
    else over = middle;
  }
  return fits;
}

function answerBytes(store: StreamStore, bufferBytes: number, records: number): number {
  const smallest = smallestRecord(store);
  const fieldGrowth = store.fields.reduce((sum, field) => sum + longest(field.redact, 1) - 1, 0);
  const newline = 1;
  const fixed = smallest + fieldGrowth + marksBytes(store) + newline;
  const free = Math.max(0, bufferBytes - records * smallest);
  const data = records * fixed + free * growthFactor(store);
  // Base64 writes 4 characters for 3 bytes and rounds each record up.
  return AROUND_RECORDS + Math.ceil(records * (AROUND_RECORD + 4) + (data * 4) / 3);
}

/** By how much redaction can stretch a stretch of bytes: members that hold the shortest value. */
function growthFactor(store: StreamStore): number {
  return store.fields.reduce((most, { path, redact }) => {
    const around = AROUND_MEMBER + keyBytes(segmentsOf(path).at(-1)!);
    const oneByte = (around + longest(redact, 1)) / (around + 1);
    const manyBytes = redact.kind === 'mask' ? maskBytes(redact) : 1;
    return Math.max(most, oneByte, manyBytes);
  }, 1);
}

function smallestRecord(store: StreamStore): number {
  const named: FieldPath[] = [
    ...Object.values(store.identifiers),
    ...store.fields.map(({ path }) => path),
    ...(store.consent === undefined ? [] : [store.consent.path]),
  ];
  const keys = store.shape ?? [...new Set(named.map((path) => segmentsOf(path)[0]!))];
  const members = keys.reduce((sum, key) => sum + AROUND_MEMBER + keyBytes(key) + 1, 0);
  // The last member has no comma.
  return '{}'.length + Math.max(0, members - 1);
}

function marksBytes({ marks }: StreamStore): number {
  const mark = (key: string, value: number) => AROUND_MEMBER + keyBytes(key) + value;
  return (
    mark(marks?.redacted ?? 'data_redacted', 'true'.length) +
    (marks?.redactedAt === undefined ? 0 : mark(marks.redactedAt, TIMESTAMP))
  );
}

/** The most bytes that a strategy puts in the place of a value of so many bytes. */
function longest(strategy: RedactionStrategy, valueBytes: number): number {
  switch (strategy.kind) {
    case 'replace':
      return jsonBytes(strategy.with ?? 'REDACTED_CONTENT');
    case 'keyed-hash':
      return KEYED_HASH;
    case 'mask':
      return Math.max(FALLBACK, 2 + valueBytes * maskBytes(strategy));
    case 'generalise':
      return FALLBACK;
    case 'drop':
      return 0;
  }
}

function maskBytes(strategy: Extract<RedactionStrategy, { kind: 'mask' }>): number {
  return jsonBytes(strategy.maskWith ?? '*') - 2;
}

function keyBytes(key: string): number {
  return jsonBytes(key) - 2;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
