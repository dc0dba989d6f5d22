import { createHash, createSign, randomBytes, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Hono } from 'hono';
import { createApi, type ApiOptions } from '../../lib/api/app.ts';
import { administratorTokens } from '../../lib/api/auth/administrator-tokens.ts';
import { mintAgentKey } from '../../lib/api/auth/agent-keys.ts';
import type { AgentRecord } from '../../lib/core/ports/agent-directory.ts';
import { requestDesk, type Desk } from '../../lib/api/desk.ts';
import type { Processor } from '../../lib/api/opendsr/processor.ts';
import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import { packageUrl } from '../../lib/core/notices/site.ts';
import type { Role } from '../../lib/api/auth/caller.ts';
import type { Signer } from '../../lib/core/ports/signer.ts';
import type { WritingDependencies } from '../../lib/core/requests/verbs/dependencies.ts';
import { DEFAULT_POLICY, DEFAULT_RULES } from '../../lib/core/requests/model/default-policy.ts';
import { MemoryKeyVault } from '../../lib/simulation/fakes/memory-key-vault.ts';
import { MemoryRequestStore } from '../../lib/simulation/fakes/memory-request-store.ts';
import { certificates } from './certificates.ts';

export const START = Date.UTC(2026, 0, 31, 12);
export const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_test';
export const CLIENT_ID = 'dashboard';

export const dataMap = defineDataMap({
  version: 1,
  identifiers: {
    email: { description: 'Mail address', normalise: 'trim-lowercase' },
    customer_id: { description: 'Customer number', normalise: 'exact' },
  },
  stores: {
    'user-service': {
      kind: 'service',
      description: 'Customers',
      area: 'user-services',
      owner: 'users-team',
      identifiers: { email: 'email', customer_id: 'id' },
      retention: { days: 365 },
      legalBasis: 'GDPR Art. 6(1)(b), contract',
      tracking: 'horizontal',
      fields: [{ path: 'email', category: 'contact', erase: 'delete' }],
    },
  },
});

/** The API on fakes of the ports, with a clock that tests set. */
export interface TestApi {
  app: Hono;
  options: ApiOptions;
  desk: Desk;
  deps: WritingDependencies & Parameters<typeof requestDesk>[0];
  clock: { now: () => number; time: number };
  log: unknown[];
  agentKey: string;
  /** An agent of another controller, who does not vouch. */
  otherKey: string;
  token: (roles: readonly Role[], sub?: string) => Promise<string>;
  call: (method: string, path: string, init?: CallInit) => Promise<Response>;
}

interface CallInit {
  headers?: Record<string, string>;
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer>;
  address?: string;
}

const adminKeys = await generateKeyPair('RS256');

export async function testApi(change: Partial<ApiOptions> = {}): Promise<TestApi> {
  const clock = { time: START, now: (): number => clock.time };
  const deps = {
    requests: new MemoryRequestStore(),
    keys: new MemoryKeyVault(),
    clock,
    random: { bytes: (count: number) => randomBytes(count), fraction: () => 0.5 },
    policy: DEFAULT_POLICY,
    rules: DEFAULT_RULES,
    dataMap,
    subjectHashKey: Buffer.alloc(32, 7),
  };
  const desk = requestDesk(deps);
  const records = new Map<string, AgentRecord>();
  const mint = (record: Omit<AgentRecord, 'secretHash'>): string => {
    const { apiKey, keyId, secretHash } = mintAgentKey(randomBytes);
    records.set(keyId, { ...record, secretHash });
    return apiKey;
  };
  const agentKey = mint({ agentId: 'agent-1', controllerId: 'controller-1', vouches: true });
  const otherKey = mint({ agentId: 'agent-2', controllerId: 'controller-2', vouches: false });
  const linkKey = Buffer.alloc(32, 9);
  const processor: Processor = {
    domain: 'dsr.example.com',
    baseUrl: 'https://dsr.example.com',
    certificatePem: certificates.leafPem + certificates.caPem,
    signer: rsaSigner(certificates.leafKey),
    identities: { email: 'email', controller_customer_id: 'customer_id' },
    resultsUrl: (dsrId, expiresAt) =>
      packageUrl(
        { organisation: '', baseUrl: 'https://dsr.example.com', linkKey },
        dsrId,
        expiresAt,
      ),
  };
  const log: unknown[] = [];
  const jwk = { ...(await exportJWK(adminKeys.publicKey)), alg: 'RS256' };
  const options: ApiOptions = {
    desk,
    processor,
    clock,
    linkKey,
    authentication: {
      agents: {
        byKeyId: (keyId) => Promise.resolve(records.get(keyId)),
        byPrincipal: (arn) =>
          Promise.resolve(
            arn === 'arn:aws:iam::111122223333:role/agent'
              ? { kind: 'agent', agentId: 'iam', controllerId: 'controller-1', vouches: true }
              : undefined,
          ),
      },
      administrators: administratorTokens({
        issuer: ISSUER,
        clientIds: [CLIENT_ID],
        keys: createLocalJWKSet({ keys: [jwk] }),
        clock,
      }),
    },
    openPackage: () => Promise.resolve(undefined),
    log: { answered: (entry) => log.push(entry), failed: (entry) => log.push(entry) },
    connection: (bindings) => bindings as { address?: string; principal?: string },
    rates: {
      byAddress: { capacity: 10_000, perSecond: 1 },
      byCaller: { capacity: 10_000, perSecond: 1 },
    },
    ...change,
  };
  const app = createApi(options);
  return {
    app,
    options,
    desk: options.desk,
    deps,
    clock,
    log,
    agentKey,
    otherKey,
    token: (roles, sub = 'admin-1') =>
      adminToken(clock.time, { sub, 'cognito:groups': [...roles] }),
    call: async (method, path, { headers = {}, json, body, address = '198.51.100.7' } = {}) =>
      app.fetch(
        new Request(`https://dsr.example.com${path}`, {
          method,
          headers: {
            ...(json !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          body: json !== undefined ? JSON.stringify(json) : (body ?? null),
        }),
        { address },
      ),
  };
}

/** A token as Cognito issues it, with claims changed at will. */
export function adminToken(now: number, claims: Record<string, unknown>): Promise<string> {
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({
    iss: ISSUER,
    sub: 'admin-1',
    token_use: 'access',
    client_id: CLIENT_ID,
    iat: seconds,
    exp: seconds + 3_600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(adminKeys.privateKey);
}

function rsaSigner(key: KeyObject): Signer {
  return {
    alg: 'RSA-SHA256',
    keyId: 'test',
    sign: (bytes) => Promise.resolve(createSign('sha256').update(bytes).sign(key)),
  };
}

/** A lower-case UUID of version 4, the same for the same text. */
export function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

export function openDsrBody(id: string, change: Record<string, unknown> = {}) {
  return {
    regulation: 'gdpr',
    subject_request_id: id,
    subject_request_type: 'erasure',
    submitted_time: '2026-01-31T11:59:00Z',
    subject_identities: [
      { identity_type: 'email', identity_value: 'gnoll@example.com', identity_format: 'raw' },
    ],
    api_version: '2.0',
    ...change,
  };
}
