import { Buffer } from 'node:buffer';
import { Base64Decoder } from './base64.ts';
import { FastPath } from './fast-path.ts';
import type { RedactionPolicy } from './policy.ts';
import {
  assertTime,
  RecordRedactor,
  type FailureReason,
  type RedactorOptions,
} from './redactor.ts';

/** What became of one record of a batch; `data` is base64. */
export type BatchOutcome =
  | { kind: 'kept' | 'redacted'; data: string }
  | { kind: 'failed'; reason: FailureReason; offset?: number };

export interface BatchRedactorOptions extends RedactorOptions {
  /** `reference` does without WebAssembly; the outcomes are the same. @default fast */
  path?: 'fast' | 'reference';
}

/**
 * Redacts batches as a delivery stream sends them: base64 in, base64 out, one outcome a record, in
 * order. Plain records are done by a WebAssembly scanner, many at a time; what it does not
 * understand at a glance goes to {@link RecordRedactor}, whose outcome is the law. Memory beyond the
 * batch itself stays below a few MiB and the largest record.
 */
export class BatchRedactor {
  readonly #reference: RecordRedactor;
  readonly #fast: FastPath | undefined;
  readonly #decoder = new Base64Decoder();

  constructor(policy: RedactionPolicy, options: BatchRedactorOptions = {}) {
    this.#reference = new RecordRedactor(policy, options);
    this.#fast =
      options.path === 'reference' ? undefined : FastPath.open(policy, options.suppression);
  }

  /**
   * @param data Records in base64.
   * @param nowIso The time of redaction, ISO 8601 in UTC.
   */
  redact(data: readonly string[], nowIso: string): BatchOutcome[] {
    assertTime(nowIso);
    const outcomes = new Array<BatchOutcome | undefined>(data.length).fill(undefined);
    this.#fast?.redact(data, nowIso, outcomes);
    for (let index = 0; index < outcomes.length; index++) {
      outcomes[index] ??= this.#one(data[index]!, nowIso);
    }
    return outcomes as BatchOutcome[];
  }

  #one(data: string, nowIso: string): BatchOutcome {
    const record = this.#decoder.decode(data);
    if (record === undefined) return { kind: 'failed', reason: 'invalid-base64' };
    const outcome = this.#reference.redact(record, nowIso);
    if (outcome.kind === 'failed') return outcome;
    const { kind, bytes } = outcome;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
    return { kind, data: text };
  }
}
