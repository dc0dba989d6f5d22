import type { Agent } from '../../core/ports/agent-directory.ts';

/**
 * What administrators may do: an auditor reads; an operator also steers (hold, extend, retry,
 * cancel); an approver also decides (approve, reject, undo).
 */
export const ROLES = ['auditor', 'operator', 'approver'] as const;
export type Role = (typeof ROLES)[number];

export interface Administrator {
  kind: 'administrator';
  /** The identity provider's opaque id of the person ("sub"), as the audit records it. */
  id: string;
  roles: readonly Role[];
}

export type Caller = { kind: 'anonymous' } | Agent | Administrator;
