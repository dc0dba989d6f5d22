import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  expirePackages,
  openPackage,
  sealedPackager,
  type PackagerDependencies,
} from '../../../lib/core/access-package/packager.ts';
import type { GatheredRows } from '../../../lib/core/ports/gathered-store.ts';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import { dataMap, openDsrBody, testApi, uuid } from '../../api/fixture.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';

const DAY = 24 * 60 * 60 * 1_000;
const CANARY = 'canary-gnoll@example.com';

async function setUp(rows: Record<string, () => GatheredRows>) {
  const api = await testApi();
  const id = uuid('one');
  const headers = { 'x-api-key': api.agentKey };
  await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers });
  const objects = memoryObjectStore(api.clock);
  const deps: PackagerDependencies = {
    gathered: {
      put: () => Promise.resolve(),
      clear: () => Promise.resolve(),
      list: async function* () {
        for (const [taskId, gathered] of Object.entries(rows)) {
          await Promise.resolve();
          yield { taskId, rows: gathered() };
        }
      },
    },
    objects,
    keys: new MemoryKeyVault(),
    random: { bytes: (count) => randomBytes(count), fraction: () => 0.5 },
    clock: api.clock,
    dataMap,
    lifetime: 7 * DAY,
  };
  return { deps, clock: api.clock, request: (await api.desk.load(id))! };
}

const inline: Record<string, () => GatheredRows> = {
  'user-service': () => ({ kind: 'records', records: [{ email: CANARY }] }),
};

/** JSON Lines in pieces; read once, as from a store. */
function inPieces(...pieces: string[]): () => GatheredRows {
  async function* lines(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(await Promise.resolve(piece));
  }
  return () => ({ kind: 'lines', lines: lines() });
}

async function built(deps: PackagerDependencies, request: DsrRequest) {
  const outcome = await sealedPackager(deps).build(request);
  if (outcome.kind !== 'built') throw new Error(outcome.code);
  return outcome;
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('a package at rest', () => {
  it('is sealed, and opens to a zip', async () => {
    const { deps, request, clock } = await setUp(inline);
    const { reference, expiresAt } = await built(deps, request);
    expect(expiresAt).toBe(clock.now() + 7 * DAY);
    expect(reference).not.toContain('gnoll');
    const sealed = await read((await deps.objects.get(reference))!.body);
    expect(sealed.includes('PK')).toBe(false);
    const zip = await read((await openPackage(deps, request.dsrId, reference))!);
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(zip.includes('csv/user-service.csv')).toBe(true);
  });

  it('is built once: built again it is the same, and lives no longer', async () => {
    const { deps, request, clock } = await setUp(inline);
    const first = await built(deps, request);
    const before = await read((await deps.objects.get(first.reference))!.body);
    clock.time += DAY;
    expect(await built(deps, request)).toEqual(first);
    const after = await read((await deps.objects.get(first.reference))!.body);
    expect(after.equals(before)).toBe(true);
  });

  it('opens for no other request', async () => {
    const { deps, request } = await setUp(inline);
    const { reference } = await built(deps, request);
    expect(await openPackage(deps, uuid('other'), reference)).toBeUndefined();
  });

  it('is gone for good when its time is over, key and all, and not before', async () => {
    const { deps, request, clock } = await setUp(inline);
    const { reference, expiresAt } = await built(deps, request);
    clock.time = expiresAt - 1;
    expect(await expirePackages(deps)).toBe(0);
    clock.time = expiresAt;
    expect(await expirePackages(deps)).toBe(1);
    expect(await openPackage(deps, request.dsrId, reference)).toBeUndefined();
    expect(await deps.objects.get(reference)).toBeUndefined();
    expect(await sealedPackager(deps).build(request)).toEqual({
      kind: 'failed',
      code: 'package-key-destroyed',
    });
    expect(await expirePackages(deps)).toBe(0);
  });

  it('holds lines, however they are cut into pieces', async () => {
    const lines = inPieces('{"n":1}\n{"n"', ':2}\n\n', '{"n":"ä"}');
    const { deps, request } = await setUp({ 'user-service': lines });
    const { reference } = await built(deps, request);
    const zip = await read((await openPackage(deps, request.dsrId, reference))!);
    expect(zip.length).toBeGreaterThan(500);
  });

  it.each(['{"n":', '[1]', '1', '{"canary-gnoll":1'])('is not built from %j', async (line) => {
    const { deps, request } = await setUp({ 'user-service': inPieces(line) });
    const outcome = await sealedPackager(deps).build(request);
    expect(outcome).toEqual({ kind: 'failed', code: 'gathered-data' });
    expect(await deps.objects.get(`packages/${request.dsrId}.zip.sealed`)).toBeUndefined();
  });
});
