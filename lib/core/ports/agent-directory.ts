/** A program that sends requests for a controller. */
export interface Agent {
  kind: 'agent';
  /** Who sends requests: names the credential, never a person. */
  agentId: string;
  /** The controller for whom it sends; OpenDSR's `controller_id`. */
  controllerId: string;
  /** Whether it answers for the identity of data subjects; otherwise they are asked by mail. */
  vouches: boolean;
}

/** An agent as it is registered. */
export interface AgentRecord extends Omit<Agent, 'kind'> {
  /** SHA-256 of the key's secret, in hex. The secret itself is random, so no slow hash is needed. */
  secretHash: string;
  /** From when on the key no longer holds, ms since the epoch. */
  revokedAt?: number;
}

/** The agents that may send requests. */
export interface AgentDirectory {
  /** By the id part of an API key. */
  byKeyId(keyId: string): Promise<AgentRecord | undefined>;
  /** By an IAM principal that API Gateway has verified (its ARN). */
  byPrincipal(principal: string): Promise<Agent | undefined>;
}

/** Where agents are registered. */
export interface AgentRegister extends AgentDirectory {
  /** `exists`: this key or principal is registered already, and was left as it was. */
  register(
    by: { readonly keyId: string } | { readonly principal: string },
    agent: Omit<AgentRecord, 'secretHash' | 'revokedAt'> & { secretHash?: string },
  ): Promise<'registered' | 'exists'>;
  /** A key that is revoked already keeps its earlier time. */
  revoke(keyId: string, at: number): Promise<'revoked' | 'missing'>;
}
