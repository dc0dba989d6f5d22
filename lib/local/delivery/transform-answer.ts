/** What the function's answer makes of one record. */
export type RecordVerdict =
  | { kind: 'ok'; data: Uint8Array }
  | { kind: 'dropped' }
  | { kind: 'failed'; code: string; message: string };

/** An answer that breaks the contract; the whole batch counts as failed. */
export interface ContractBreach {
  code: string;
  message: string;
}

/** Padded base64 and nothing else: what Firehose's own decoder takes. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const breach = (code: string, message: string): { ok: false; breach: ContractBreach } => ({
  ok: false,
  breach: { code, message },
});

/**
 * Reads a transform's answer: every recordId exactly once, a known result, base64 data.
 * Source: Amazon Data Firehose developer guide, required parameters for data transformation.
 */
export function readAnswer(
  answer: unknown,
  recordIds: readonly string[],
):
  | { ok: true; verdicts: ReadonlyMap<string, RecordVerdict> }
  | { ok: false; breach: ContractBreach } {
  const records = property(answer, 'records');
  if (!Array.isArray(records)) {
    return breach('Lambda.JsonProcessingException', 'The answer holds no list of records.');
  }
  const expected = new Set(recordIds);
  const verdicts = new Map<string, RecordVerdict>();
  for (const record of records as unknown[]) {
    const recordId = property(record, 'recordId');
    if (typeof recordId !== 'string' || !expected.has(recordId)) {
      return breach('Lambda.MissingRecordId', 'A record was answered that was not asked for.');
    }
    if (verdicts.has(recordId)) {
      return breach(
        'Lambda.DuplicatedRecordId',
        'Multiple records were returned with the same record id.',
      );
    }
    const verdict = readVerdict(record);
    if (verdict === undefined) {
      return breach(
        'Lambda.InvalidReturnFormat',
        'A record has no known result or no base64 data.',
      );
    }
    verdicts.set(recordId, verdict);
  }
  if (verdicts.size < expected.size) {
    return breach('Lambda.MissingRecordId', 'One or more record ids were not returned.');
  }
  return { ok: true, verdicts };
}

function readVerdict(record: unknown): RecordVerdict | undefined {
  const data = property(record, 'data');
  switch (property(record, 'result')) {
    case 'Ok':
      return typeof data === 'string' && BASE64.test(data)
        ? { kind: 'ok', data: Buffer.from(data, 'base64') }
        : undefined;
    case 'Dropped':
      return { kind: 'dropped' };
    case 'ProcessingFailed':
      return {
        kind: 'failed',
        code: 'Lambda.ProcessingFailedStatus',
        message: 'ProcessingFailed status set for record',
      };
    default:
      return undefined;
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
