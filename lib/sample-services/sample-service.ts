import type { Operation } from '../core/requests/model/task.ts';

/** One store of a sample service. */
export interface SampleStore {
  readonly name: string;
  readonly operations: readonly Operation[];
  /** Identifiers that its records are found by; each is also the field that holds it. */
  readonly identifiers: readonly string[];
  readonly tracking: 'vertical' | 'horizontal';
  /** The law asks to keep its records: look-ups count them, no erasure is offered. */
  readonly isExempt?: true;
}

/** A small service with tables of its own: what a user of Lethe replaces by theirs. */
export interface SampleService {
  readonly name: string;
  readonly stores: readonly SampleStore[];
}

const ALL: readonly Operation[] = ['gather', 'rectify', 'erase', 'restrict', 'object', 'undo'];

export const SAMPLE_SERVICES = [
  {
    name: 'user-services',
    stores: [
      {
        name: 'user-profiles',
        operations: ALL,
        identifiers: ['email', 'customer_id', 'ssn_no'],
        tracking: 'vertical',
      },
    ],
  },
  {
    name: 'commerce',
    stores: [
      {
        name: 'orders',
        operations: ALL,
        identifiers: ['email', 'customer_id'],
        tracking: 'horizontal',
      },
      {
        name: 'invoices',
        operations: ['gather', 'rectify', 'restrict', 'object'],
        identifiers: ['email', 'customer_id'],
        tracking: 'horizontal',
        isExempt: true,
      },
    ],
  },
  {
    name: 'content',
    stores: [
      { name: 'posts', operations: ALL, identifiers: ['customer_id'], tracking: 'vertical' },
    ],
  },
] as const satisfies readonly SampleService[];
