import { defineDataMap } from './core/data-map/define-data-map.ts';

/**
 * What personal data lives where. Edit this file to make Lethe your own: the stream filter, the
 * archive erasure, the requests' task graph and the resource tags all follow from it.
 */
export const dataMap = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'Mail address of a customer', normalise: 'trim-lowercase' },
    customer_id: { description: 'Customer number', normalise: 'exact' },
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
    'user-profiles': {
      kind: 'service',
      description: 'Profiles of customers',
      area: 'user-services',
      owner: 'user-services',
      tracking: 'vertical',
      identifiers: { email: 'email', customer_id: 'customer_id', ssn_no: 'ssn_no' },
      retention: { days: 3650 },
      legalBasis: 'GDPR Art. 6(1)(b), contract',
      fields: [
        { path: 'name', category: 'name', erase: 'delete' },
        { path: 'email', category: 'contact', erase: 'delete' },
        { path: 'phone', category: 'contact', erase: 'delete' },
        { path: 'dob', category: 'birth-date', erase: 'delete' },
        { path: 'ssn_no', category: 'national-id', erase: 'delete' },
      ],
    },
    orders: {
      kind: 'service',
      description: 'Orders of customers',
      area: 'commerce',
      owner: 'commerce',
      tracking: 'horizontal',
      identifiers: { email: 'email', customer_id: 'customer_id' },
      retention: { days: 1095 },
      legalBasis: 'GDPR Art. 6(1)(b), contract',
      after: ['user-profiles'],
      fields: [
        { path: 'email', category: 'contact', erase: 'delete' },
        { path: 'ship_to', category: 'location', erase: 'delete' },
        { path: 'items', category: 'behaviour', erase: 'delete' },
      ],
    },
    invoices: {
      kind: 'service',
      description: 'Invoices to customers',
      area: 'commerce',
      owner: 'commerce',
      tracking: 'horizontal',
      identifiers: { email: 'email', customer_id: 'customer_id' },
      retention: { days: 3650 },
      legalBasis: 'GDPR Art. 6(1)(c), tax law',
      exemption: { basis: 'GDPR Art. 17(3)(b), tax records', retainDays: 3650 },
      after: ['orders'],
      fields: [
        { path: 'name', category: 'name', erase: 'keep' },
        { path: 'email', category: 'contact', erase: 'keep' },
        { path: 'amount', category: 'financial', erase: 'keep' },
      ],
    },
    posts: {
      kind: 'service',
      description: 'What customers wrote and uploaded',
      area: 'content',
      owner: 'content',
      tracking: 'vertical',
      identifiers: { customer_id: 'customer_id' },
      retention: { days: 1825 },
      legalBasis: 'GDPR Art. 6(1)(a), consent',
      after: ['orders'],
      fields: [
        { path: 'author', category: 'account', erase: 'delete' },
        { path: 'text', category: 'free-text', erase: 'delete' },
      ],
    },
  },
});
