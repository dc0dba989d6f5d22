import { defineDataMap } from './core/data-map/define-data-map.ts';

/**
 * What personal data lives where. Edit this file to make Lethe your own: the stream filter, the
 * archive erasure, the requests' task graph and the resource tags all follow from it.
 */
export const dataMap = defineDataMap({
  version: 1,
  identifiers: {
    ssn_no: { description: 'Social security number of a customer', normalise: 'digits' },
  },
  stores: {
    'customer-events': {
      kind: 'stream',
      description: 'Customer events on their way from the services to the archive',
      area: 'streaming',
      owner: 'data-platform',
      identifiers: { ssn_no: 'ssn_no' },
      retention: { days: 1 },
      legalBasis: 'GDPR Art. 6(1)(a), consent to data sharing',
      consent: { path: 'data_share_consent' },
      marks: { redacted: 'data_redacted', redactedAt: 'data_redacted_at' },
      shape: ['name', 'dob', 'gender', 'ssn_no', 'data_share_consent', 'evnt_time'],
      fields: [
        { path: 'dob', category: 'birth-date', redact: { kind: 'replace' } },
        { path: 'ssn_no', category: 'national-id', redact: { kind: 'replace' } },
      ],
    },
    'customer-archive': {
      kind: 'archive',
      description: 'Customer events at rest in the data store bucket',
      area: 'archive',
      owner: 'data-platform',
      prefix: 'phi-data/',
      format: 'jsonl',
      identifiers: { ssn_no: 'ssn_no' },
      retention: { days: 365 },
      legalBasis: 'GDPR Art. 6(1)(a), consent to data sharing',
      after: ['customer-events'],
      fields: [
        { path: 'dob', category: 'birth-date', erase: 'delete-row' },
        { path: 'ssn_no', category: 'national-id', erase: 'delete-row' },
      ],
    },
  },
});
