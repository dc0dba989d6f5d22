import { Buffer } from 'node:buffer';
import { decimalText } from '../json/decimal-text.ts';
import { jsonFault, type JsonFault } from '../json/fault.ts';
import { decodeString } from '../json/text.ts';
import { normaliseIdentifier } from '../suppression/normalise.ts';
import type { SuppressionSet } from '../suppression/suppression-set.ts';
import { KeyedHash } from './keyed-hash.ts';
import type { RedactionPolicy } from './policy.ts';
import { RecordWalk } from './record-walk.ts';
import { ISO_TIME, rewrite } from './rewrite.ts';

/** Why a record failed, in words that hold nothing of it. */
export type FailureReason = JsonFault | 'not-an-object' | 'invalid-base64';

export type RecordOutcome =
  /** The record as it came, white space after its last brace made exactly one newline. */
  | { kind: 'kept'; bytes: Uint8Array }
  | { kind: 'redacted'; bytes: Uint8Array }
  /** No JSON object. `offset` in bytes, where the fault has a place. */
  | { kind: 'failed'; reason: FailureReason; offset?: number };

export interface RedactorOptions {
  /** At least 32 bytes; needed when a field's strategy is `keyed-hash`. */
  hashKey?: Uint8Array;
  /** Data subjects who are redacted whatever their consent flag says. @default nobody */
  suppression?: SuppressionSet;
}

const NEWLINE = 0x0a;

/**
 * Redacts single records: the reference that says what is right, and the path of every record that
 * the batch scanner does not understand at a glance. Fails closed: a record passes only if its
 * consent flag is JSON `true`, at every duplicate and in every element, and its subject is not on
 * the suppression list. See record-walk.ts, rewrite.ts and strategies.ts for what redaction does.
 */
export class RecordRedactor {
  readonly policy: RedactionPolicy;
  readonly suppression: SuppressionSet | undefined;
  readonly #walk: RecordWalk;
  readonly #keyedHash: KeyedHash | undefined;
  /** The time last checked, and the same in ms since the epoch. */
  #checkedIso = '';
  #now = 0;

  constructor(policy: RedactionPolicy, options: RedactorOptions = {}) {
    if (policy.needsHashKey && options.hashKey === undefined) {
      throw new TypeError('the policy hashes a field: give a hash key of at least 32 bytes');
    }
    this.policy = policy;
    this.suppression = options.suppression;
    this.#walk = new RecordWalk(policy);
    this.#keyedHash = options.hashKey === undefined ? undefined : new KeyedHash(options.hashKey);
  }

  /**
   * Redacts one record.
   * @param nowIso The time for `redactedAt`: ISO 8601, UTC, ending in Z. Suppressions that lapsed
   * before it do not count.
   */
  redact(bytes: Uint8Array, nowIso: string): RecordOutcome {
    this.#setTime(nowIso);
    const walk = this.#walk;
    const read = walk.read(bytes);
    if (read === 'not-an-object') return { kind: 'failed', reason: 'not-an-object' };
    if (read === 'fault') {
      const offset = walk.faultAt;
      return { kind: 'failed', reason: jsonFault(bytes, 0, bytes.length, offset), offset };
    }
    if (this.#consents() && !this.#suppressed(bytes)) {
      return { kind: 'kept', bytes: withNewline(bytes, walk.lastBrace + 1) };
    }
    return { kind: 'redacted', bytes: rewrite(bytes, walk, this.policy, nowIso, this.#keyedHash) };
  }

  #setTime(nowIso: string): void {
    if (nowIso === this.#checkedIso) return;
    this.#now = assertTime(nowIso);
    this.#checkedIso = nowIso;
  }

  #consents(): boolean {
    const { trues, refusals, absences } = this.#walk;
    const { hasConsent, keepWithoutConsentFlag } = this.policy;
    if (!hasConsent || refusals > 0) return false;
    return keepWithoutConsentFlag || (trues > 0 && absences === 0);
  }

  #suppressed(bytes: Uint8Array): boolean {
    const list = this.suppression;
    if (list === undefined || list.size === 0) return false;
    const walk = this.#walk;
    for (let index = 0; index < walk.identifiers; index++) {
      const rule = this.policy.identifiers[walk.identifierRule[index]!]!;
      const [start, end] = [walk.identifierStart[index]!, walk.identifierEnd[index]!];
      const text = identifierText(bytes, start, end);
      if (list.has(rule.name, normaliseIdentifier(rule.normalise, text), this.#now)) return true;
    }
    return false;
  }
}

/** The text of an identifier, a number as its exact value: 807831104 and "807831104" are alike. */
function identifierText(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] === 0x22) return decodeString(bytes, start, end);
  const written = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(
    'latin1',
  );
  return decimalText(written)!;
}

function withNewline(bytes: Uint8Array, end: number): Uint8Array {
  if (end + 1 === bytes.length && bytes[end] === NEWLINE) return bytes;
  const out = Buffer.allocUnsafe(end + 1);
  out.set(bytes.subarray(0, end));
  out[end] = NEWLINE;
  return out;
}

/** Answers ms since the epoch. @throws {RangeError} for what is no time in UTC as we write it. */
export function assertTime(nowIso: string): number {
  const now = Date.parse(nowIso);
  if (ISO_TIME.test(nowIso) && !Number.isNaN(now)) return now;
  throw new RangeError(
    'the time of redaction must be ISO 8601 in UTC, as 2026-01-31T12:00:00.000Z',
  );
}
