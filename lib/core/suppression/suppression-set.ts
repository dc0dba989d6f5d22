import { Buffer } from 'node:buffer';
import type { SuppressionChange } from '../ports/suppression-list.ts';
import { ProbeFilter } from './probe-filter.ts';
import { SUBJECT_HASH_BYTES, SubjectHasher } from './subject-hasher.ts';

/** Words of 32 bits a row: probe (2), HMAC prefix (2), request (2), next row of the chain. */
const ROW = 7;
const FREE = -1;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The suppression list in memory: one row for each (subject, request) in force, 36 bytes and a hash
 * chain; a million subjects take some 45 MB. Fed by {@link apply} with the changes of the port, in
 * order; a change that comes twice is one.
 */
export class SuppressionSet {
  /** Answers "surely not on the list" for nearly all probes; never wrongly so. */
  readonly filter = new ProbeFilter();
  readonly hasher: SubjectHasher;
  /** Rows, lapsed ones included: those stay until they are lifted, and count for nothing. */
  size = 0;

  #heads = new Int32Array(1024).fill(FREE);
  #rows = new Uint32Array(1024 * ROW);
  #lapses = new Float64Array(1024);
  /** First row of those given back, and how many were ever used. */
  #free = FREE;
  #used = 0;

  /** @param key The list's secret, at least 32 bytes; the same that made the subject hashes. */
  constructor(key: Uint8Array) {
    this.hasher = new SubjectHasher(key);
  }

  apply(changes: readonly SuppressionChange[]): void {
    for (const change of changes) {
      if (change.kind === 'added') {
        const { subjectHash, requestId, lapsesAt } = change.entry;
        this.#add(words(this.hasher, subjectHash, requestId), lapsesAt ?? NEVER);
      } else {
        this.#lift(words(this.hasher, change.subjectHash, change.requestId));
      }
    }
  }

  /** Whether a request in force at `now` (ms since the epoch) suppresses the subject. */
  has(identifier: string, normalised: string, now: number): boolean {
    if (this.size === 0 || normalised === '') return false;
    const { low, high } = this.hasher.probe(identifier, normalised);
    if (!this.filter.mayHold(low, high) || !this.#holds(low, high)) return false;
    const hash = this.hasher.hash(identifier, normalised);
    const first = hash.readUInt32LE(8);
    const second = hash.readUInt32LE(12);
    const rows = this.#rows;
    for (let row = this.#head(low); row !== FREE; row = rows[row * ROW + 6]! | 0) {
      const at = row * ROW;
      const isSubject =
        rows[at] === low &&
        rows[at + 1] === high &&
        rows[at + 2] === first &&
        rows[at + 3] === second;
      if (isSubject && this.#lapses[row]! > now) return true;
    }
    return false;
  }

  #holds(low: number, high: number): boolean {
    for (let row = this.#head(low); row !== FREE; row = this.#rows[row * ROW + 6]! | 0) {
      if (this.#rows[row * ROW] === low && this.#rows[row * ROW + 1] === high) return true;
    }
    return false;
  }

  #head(low: number): number {
    return this.#heads[low & (this.#heads.length - 1)]!;
  }

  #add(entry: Uint32Array, lapsesAt: number): void {
    const [low = 0, high = 0] = entry;
    for (let row = this.#head(low); row !== FREE; row = this.#rows[row * ROW + 6]! | 0) {
      if (!this.#matches(row, entry)) continue;
      this.#lapses[row] = lapsesAt;
      return;
    }
    const row = this.#takeRow();
    const slot = low & (this.#heads.length - 1);
    this.#rows.set(entry, row * ROW);
    this.#rows[row * ROW + 6] = this.#heads[slot]!;
    this.#heads[slot] = row;
    this.#lapses[row] = lapsesAt;
    this.size++;
    this.filter.add(low, high, this.size, () => this.#probes());
  }

  #lift(entry: Uint32Array): void {
    const slot = entry[0]! & (this.#heads.length - 1);
    let before = FREE;
    for (let row = this.#heads[slot]!; row !== FREE; row = this.#rows[row * ROW + 6]! | 0) {
      if (this.#matches(row, entry)) {
        const next = this.#rows[row * ROW + 6]!;
        if (before === FREE) this.#heads[slot] = next;
        else this.#rows[before * ROW + 6] = next;
        this.#rows[row * ROW + 6] = this.#free;
        this.#free = row;
        this.#lapses[row] = Number.NaN;
        this.size--;
        return;
      }
      before = row;
    }
  }

  #matches(row: number, entry: Uint32Array): boolean {
    for (let index = 0; index < entry.length; index++) {
      if (this.#rows[row * ROW + index] !== entry[index]) return false;
    }
    return true;
  }

  #takeRow(): number {
    if (this.#free !== FREE) {
      const row = this.#free;
      this.#free = this.#rows[row * ROW + 6]! | 0;
      return row;
    }
    if (this.#used === this.#lapses.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    const lapses = new Float64Array(this.#lapses.length * 2);
    lapses.set(this.#lapses);
    this.#lapses = lapses;
    this.#heads = new Int32Array(lapses.length).fill(FREE);
    for (let row = 0; row < this.#used; row++) {
      const slot = rows[row * ROW]! & (lapses.length - 1);
      rows[row * ROW + 6] = this.#heads[slot]!;
      this.#heads[slot] = row;
    }
  }

  *#probes(): Iterable<readonly [low: number, high: number]> {
    for (let row = 0; row < this.#used; row++) {
      if (Number.isNaN(this.#lapses[row])) continue;
      yield [this.#rows[row * ROW]!, this.#rows[row * ROW + 1]!];
    }
  }
}

/** What tells one entry from another: probe, HMAC prefix, request. */
function words(hasher: SubjectHasher, subjectHash: string, requestId: string): Uint32Array {
  const hash = Buffer.from(subjectHash, 'base64url');
  if (hash.length !== SUBJECT_HASH_BYTES) {
    throw new RangeError('a subject hash on the suppression list is not of 40 bytes');
  }
  const entry = new Uint32Array(6);
  for (let index = 0; index < 4; index++) entry[index] = hash.readUInt32LE(index * 4);
  const request = hasher.probe('request', requestId);
  entry[4] = request.low;
  entry[5] = request.high;
  return entry;
}
