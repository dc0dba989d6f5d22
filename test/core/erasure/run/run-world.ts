import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import type { RunDependencies } from '../../../../lib/core/erasure/run/dependencies.ts';
import { RunCriteria } from '../../../../lib/core/erasure/run/run-criteria.ts';
import type { RunRequest } from '../../../../lib/core/erasure/run/run.ts';
import type { KeyOutcome, KeyVault } from '../../../../lib/core/ports/key-vault.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../../fakes/memory-object-store.ts';
import { memoryRunStore } from '../../../fakes/memory-run-store.ts';
import { readCriteria } from '../archive-bytes.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A run over `data/` and `errors/` for two orders, everything in memory. */
export interface World extends RunDependencies {
  readonly objects: MemoryObjectStore;
  readonly quarantine: MemoryObjectStore;
  readonly certificates: MemoryObjectStore;
  /** Milliseconds. */
  now: number;
}

export function openWorld(): World {
  const clock = { now: () => world.now };
  const world: World = {
    now: 1_000,
    clock,
    objects: memoryObjectStore(clock),
    quarantine: memoryObjectStore(clock),
    certificates: memoryObjectStore(clock),
    runs: memoryRunStore(),
    keys: memoryKeys(),
    signer: {
      alg: 'Ed25519',
      keyId: 'test',
      sign: (bytes) => Promise.resolve(sign(null, bytes, privateKey)),
    },
    hashKey: Buffer.alloc(32, 7),
    random: { bytes: randomBytes },
  };
  return world;
}

/** A store whose listings wait until it is opened. */
export function heldBack(store: ObjectStore): { objects: ObjectStore; open: () => void } {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const objects: ObjectStore = {
    ...store,
    listVersions: async function* (prefix, options) {
      await gate;
      yield* store.listVersions(prefix, options);
    },
  };
  return { objects, open };
}

/** Alice and Bob, each an order of their own. */
export const twoOrders = () => criteriaOf({ alice: [{ id: 'alice' }], bob: [{ id: 'bob' }] });

export function criteriaOf(orders: Record<string, readonly object[]>): RunCriteria {
  const compile = (matches: readonly object[]) => {
    const outcome = readCriteria(matches.map((match) => JSON.stringify({ match })).join('\n'));
    if (!outcome.ok) throw new Error('the test names no criteria');
    return outcome.criteria;
  };
  return new RunCriteria(
    compile(Object.values(orders).flat()),
    Object.entries(orders).map(([orderId, matches]) => ({ orderId, criteria: compile(matches) })),
  );
}

export function request(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    runId: 'run-1',
    places: [
      { prefix: 'data/', format: 'jsonl' },
      { prefix: 'errors/', format: 'firehose-failures', lifetime: 10_000 },
    ],
    orders: ['alice', 'bob'].map((orderId) => ({ orderId, criteria: 1, hash: 'h' })),
    ...{ maximumProportion: 1, drain: 0, undoWindow: 0 },
    ...changes,
  };
}

export const row = (id: string, n = 0): string => `${JSON.stringify({ id, n })}\n`;

export async function put(objects: ObjectStore, key: string, body: string) {
  const outcome = await objects.put(key, Buffer.from(body));
  if (outcome.kind !== 'stored') throw new Error('not stored');
  return outcome;
}

export async function textOf(objects: ObjectStore, key: string): Promise<string | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stored.body) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Every version that is there, as text. */
export async function everything(objects: ObjectStore): Promise<string[]> {
  const texts: string[] = [];
  for await (const { key, versionId, isDeleteMarker } of objects.listVersions('')) {
    if (isDeleteMarker) continue;
    const parts: Uint8Array[] = [];
    for await (const part of (await objects.get(key, { versionId }))!.body) parts.push(part);
    texts.push(`${key}: ${Buffer.concat(parts).toString()}`);
  }
  return texts;
}

function memoryKeys(): KeyVault {
  const keys = new Map<string, KeyOutcome>();
  const get = (name: string): KeyOutcome => keys.get(name) ?? { kind: 'missing' };
  return {
    create: (name) => {
      if (get(name).kind === 'missing') keys.set(name, { kind: 'key', key: randomBytes(32) });
      return Promise.resolve(get(name));
    },
    get: (name) => Promise.resolve(get(name)),
    destroy: (name) => {
      keys.set(name, { kind: 'destroyed' });
      return Promise.resolve();
    },
  };
}
