/**
 * What administrators may do: an auditor reads; an operator also steers (hold, extend, retry,
 * cancel); an approver also decides (approve, reject, undo).
 */
export const ROLES = ['auditor', 'operator', 'approver'] as const;
export type Role = (typeof ROLES)[number];

export interface Agent {
  kind: 'agent';
  /** Who sends requests: names the credential, never a person. */
  agentId: string;
  /** The controller for whom it sends; OpenDSR's `controller_id`. */
  controllerId: string;
  /** Whether it answers for the identity of data subjects; otherwise they are asked by mail. */
  vouches: boolean;
}

export interface Administrator {
  kind: 'administrator';
  /** The identity provider's opaque id of the person ("sub"), as the audit records it. */
  id: string;
  roles: readonly Role[];
}

export type Caller = { kind: 'anonymous' } | Agent | Administrator;
