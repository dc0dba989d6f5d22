import fastRedact from 'fast-redact';
import { BatchRedactor } from '../../lib/core/redaction/batch-redactor.ts';
import { compilePolicy } from '../../lib/core/redaction/policy.ts';
import type { SuppressionSet } from '../../lib/core/suppression/suppression-set.ts';
import { dataMap } from '../../lib/data-map.ts';

const NOW = '2026-01-31T12:00:00.000Z';

/** As many records as Lambda takes in one request of 6 MB. */
const BATCH_CHARACTERS = 6_000_000;

export function batchesOf(records: readonly string[]): string[][] {
  const batches: string[][] = [[]];
  let size = 0;
  for (const record of records) {
    if (size + record.length > BATCH_CHARACTERS) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(record);
    size += record.length;
  }
  return batches;
}

type Way = (batch: readonly string[]) => unknown;

export function lethe(path: 'fast' | 'reference', suppression?: SuppressionSet): Way {
  const store = dataMap.stores['customer-events'];
  if (store?.kind !== 'stream') throw new Error('the data map has no stream of customer events');
  const redactor = new BatchRedactor(compilePolicy(store, dataMap.identifiers), {
    path,
    ...(suppression === undefined ? {} : { suppression }),
  });
  return (batch) => redactor.redact(batch, NOW);
}

/** What every way must do at least. */
export const floor: Way = (batch) =>
  batch.map((data) => ({ kind: 'kept', data: Buffer.from(data, 'base64').toString('base64') }));

interface CustomerEvent {
  dob?: unknown;
  ssn_no?: unknown;
  data_share_consent?: unknown;
  data_redacted?: boolean;
  data_redacted_at?: string;
}

/** As one writes it in an afternoon: loses number texts and duplicates, and one bad record fails all. */
export const jsonParse: Way = (batch) =>
  batch.map((data) => {
    const event = JSON.parse(Buffer.from(data, 'base64').toString()) as CustomerEvent;
    const keeps = event.data_share_consent === true;
    if (!keeps) {
      if (event.dob !== undefined) event.dob = 'REDACTED_CONTENT';
      if (event.ssn_no !== undefined) event.ssn_no = 'REDACTED_CONTENT';
      event.data_redacted = true;
      event.data_redacted_at = NOW;
    }
    const text = Buffer.from(`${JSON.stringify(event)}\n`).toString('base64');
    return { kind: keeps ? 'kept' : 'redacted', data: text };
  });

const censor = fastRedact({
  paths: ['dob', 'ssn_no'],
  censor: 'REDACTED_CONTENT',
  serialize: false,
});

export const fastRedactWay: Way = (batch) =>
  batch.map((data) => {
    const event = JSON.parse(Buffer.from(data, 'base64').toString()) as CustomerEvent;
    const keeps = event.data_share_consent === true;
    if (!keeps) {
      censor(event);
      event.data_redacted = true;
      event.data_redacted_at = NOW;
    }
    const text = Buffer.from(`${JSON.stringify(event)}\n`).toString('base64');
    return { kind: keeps ? 'kept' : 'redacted', data: text };
  });
