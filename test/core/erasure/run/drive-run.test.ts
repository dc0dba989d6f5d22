import { describe, expect, it } from 'vitest';

import {
  lastProof,
  verifyCertificate,
} from '../../../../lib/core/erasure/certificate/verify-certificate.ts';
import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import type { Run } from '../../../../lib/core/erasure/run/run.ts';
import { expireUndo, undoRun } from '../../../../lib/core/erasure/run/undo-run.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import {
  everything,
  openWorld,
  publicKeyPem,
  put,
  request,
  row,
  textOf,
  twoOrders,
  type World,
} from './run-world.ts';

async function drive(world: World, changes: Parameters<typeof request>[0] = {}): Promise<Run> {
  const outcome = await driveRun(world, twoOrders(), request(changes));
  if (outcome.kind !== 'ended') throw new Error('the run has not ended');
  return outcome.run;
}

const failure = (record: string): string =>
  `${JSON.stringify({
    ...{ attemptsMade: 1, arrivalTimestamp: 1, errorCode: 'x', errorMessage: 'y' },
    rawData: Buffer.from(record).toString('base64'),
  })}\n`;

describe('an archive run', () => {
  it('leaves every other row and object as it was, and no row of the subjects in any version', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a.jsonl', row('alice', 1) + row('carol') + row('bob', 2));
    const other = await put(world.objects, 'data/b.jsonl', row('carol'));
    await put(world.objects, 'errors/f', failure(row('bob')) + failure(row('carol')));
    await put(world.objects, 'elsewhere', row('alice'));
    const { state, totals } = await drive(world);
    expect(state).toBe('done');
    expect(await textOf(world.objects, 'data/a.jsonl')).toBe(row('carol'));
    expect((await world.objects.get('data/b.jsonl'))?.versionId).toBe(other.versionId);
    expect(await textOf(world.objects, 'errors/f')).toBe(failure(row('carol')));
    expect(await textOf(world.objects, 'elsewhere')).toBe(row('alice'));
    expect(await everything(world.objects)).toHaveLength(4);
    expect(totals).toMatchObject({
      ...{ objects: 3, rows: 6, matched: 3, rewritten: 2, purged: 2, residue: 0 },
      byOrder: { alice: 1, bob: 2 },
    });
  });

  it('purges an old version that holds rows below a current one that does not', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice') + row('carol'));
    const clean = await put(world.objects, 'data/a', row('carol'));
    await put(world.objects, 'data/gone', row('bob'));
    await world.objects.delete('data/gone');
    const { state, totals } = await drive(world);
    expect([state, totals?.purged, totals?.rewritten]).toEqual(['done', 2, 0]);
    expect(await everything(world.objects)).toEqual([`data/a: ${row('carol')}`]);
    expect((await world.objects.get('data/a'))?.versionId).toBe(clean.versionId);
  });

  it('keeps metadata, tags and storage class', async () => {
    const world = openWorld();
    const attributes = {
      ...{ contentType: 'application/x-ndjson', cacheControl: 'no-store' },
      ...{ metadata: { a: 'b' }, tags: { DataOwner: 'x' }, storageClass: 'STANDARD_IA' },
      encryptionKeyId: 'key-1',
    };
    await world.objects.put('data/a', Buffer.from(row('alice')), attributes);
    await drive(world);
    expect(await world.objects.get('data/a')).toMatchObject({ ...attributes, size: 0 });
  });

  it('lets a writer win that comes in between, and takes the rows out of what it wrote', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice') + row('carol'));
    let writes = 0;
    const objects: ObjectStore = {
      ...world.objects,
      put: async (key, body, options) => {
        if (options?.ifMatch !== undefined && writes++ < 2) {
          await put(world.objects, 'data/a', row('dave', writes) + row('alice'));
        }
        return world.objects.put(key, body, options);
      },
    };
    const outcome = await driveRun({ ...world, objects }, twoOrders(), request());
    expect(outcome).toMatchObject({ kind: 'ended', run: { state: 'done' } });
    expect(await everything(world.objects)).toEqual([`data/a: ${row('dave', 2)}`]);
  });

  it('writes nothing when more matches than may', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice') + row('carol'));
    const before = await everything(world.objects);
    const run = await drive(world, { maximumProportion: 0.4 });
    expect(run).toMatchObject({ state: 'stopped', exceeded: [{ prefix: '*' }, {}] });
    expect(await everything(world.objects)).toEqual(before);
  });

  it('leaves a corrupt object untouched, names it, and is not done', async () => {
    const world = openWorld();
    const gzip = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40, 1)]);
    await world.objects.put('data/a', gzip);
    await put(world.objects, 'data/b', row('alice'));
    const run = await drive(world);
    expect(run).toMatchObject({ state: 'incomplete', totals: { corrupt: 1, rewritten: 1 } });
    expect((await world.objects.get('data/a'))?.size).toBe(gzip.length);
  });

  it('is incomplete where a row cannot be read, unless the object expires anyway', async () => {
    const world = openWorld();
    await put(world.objects, 'errors/f', failure('no json'));
    expect(await drive(world)).toMatchObject({
      state: 'done',
      totals: { expiring: 1, expireAt: 11_000 },
    });
    await put(world.objects, 'data/a', '{"id":\n' + row('alice'));
    expect(await drive(world, { runId: 'run-2' })).toMatchObject({
      state: 'incomplete',
      totals: { unparsable: 1, rewritten: 1 },
    });
  });

  it('tells of a value in a row that nobody can read, whose it is and until when, and claims no zero', async () => {
    const world = openWorld();
    await put(world.objects, 'errors/f', failure('{"id":"alice') + failure('no json'));
    const run = await drive(world);
    expect(run).toMatchObject({
      state: 'done',
      totals: { ...{ expiring: 2, suspected: 1 }, suspectedUntil: 11_000 },
    });
    expect(run.totals?.suspectedByOrder).toEqual({ alice: 1 });
    const proof = await lastProof(world.certificates, run.certificate!.key);
    expect(proof.certificate).toMatchObject({
      verification: 'residue-expires',
      orders: [{ orderId: 'alice', suspected: 1 }, { suspected: 0 }],
    });
    await put(world.objects, 'data/a', '{"id":"bob"');
    const stays = await drive(world, { runId: 'run-2' });
    expect(stays).toMatchObject({ state: 'incomplete', totals: { suspected: 2, unparsable: 1 } });
    expect(stays.totals).not.toHaveProperty('suspectedUntil');
  });

  it('names what a lock keeps, until when, and what lies in an archived tier', async () => {
    const world = openWorld();
    const old = await put(world.objects, 'data/a', row('alice'));
    world.objects.lock('data/a', old.versionId, 5_000);
    const cold = await put(world.objects, 'data/b', row('alice'));
    world.objects.archive('data/b', cold.versionId);
    const run = await drive(world);
    expect(run.state).toBe('incomplete');
    expect(run.totals).toMatchObject({ locked: 1, lockedUntil: 5_000, archived: 1, residue: 0 });
    expect(await textOf(world.objects, 'data/a')).toBe('');
  });

  it('waits until what was on its way has landed, and looks at what landed', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice'));
    const ask = () => driveRun(world, twoOrders(), request({ drain: 500 }));
    expect(await ask()).toEqual({ kind: 'waiting', until: 1_500 });
    await put(world.objects, 'data/new', row('alice', 2) + row('carol'));
    world.now = 1_500;
    expect(await ask()).toMatchObject({
      kind: 'ended',
      run: { state: 'done', totals: { matched: 2, byOrder: { alice: 2 } } },
    });
    expect(await everything(world.objects)).toEqual(['data/a: ', `data/new: ${row('carol')}`]);
  });

  it('goes on past an object that fails, and says so', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice'));
    await put(world.objects, 'data/b', row('alice'));
    const objects: ObjectStore = {
      ...world.objects,
      put: (key, body, options) =>
        key === 'data/a'
          ? Promise.reject(new TypeError('down'))
          : world.objects.put(key, body, options),
    };
    const outcome = await driveRun({ ...world, objects }, twoOrders(), request());
    expect(outcome).toMatchObject({ run: { state: 'incomplete' } });
    expect(await everything(world.objects)).toEqual([`data/a: ${row('alice')}`, 'data/b: ']);
  });

  it('ends the same when it is asked again', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice'));
    const first = await drive(world);
    expect(await drive(world)).toEqual(first);
  });
});

describe('the certificate', () => {
  const linesOf = async (world: World, key: string) =>
    (await textOf(world.certificates, key))!.split('\n');

  it('is verified offline, and tells of each altered, dropped or moved line', async () => {
    const world = openWorld();
    for (const key of ['data/a', 'data/b', 'data/c']) await put(world.objects, key, row('alice'));
    const run = await drive(world);
    const lines = await linesOf(world, run.certificate!.key);
    const verdict = (changed: string[]) => verifyCertificate(changed, publicKeyPem);
    expect(await verdict(lines)).toMatchObject({
      kind: 'genuine',
      certificate: { outcome: 'done', verification: 'passed', entries: { count: 3 } },
    });
    const [a = '', b = '', c = '', end = ''] = lines;
    expect(await verdict([a.replace('"rows":1', '"rows":2'), b, c, end])).toEqual({
      kind: 'altered',
      line: 1,
    });
    for (const changed of [[a, c, end], [b, c, end], [a, b, end], [b, a, c, end], [end]]) {
      expect((await verdict(changed)).kind).toBe('altered');
    }
    expect((await verdict([a, b, c, end.replace('"passed"', '"Passed"')])).kind).toBe(
      'not-genuine',
    );
    expect((await verdict([a, b, c])).kind).toBe('malformed');
  });

  it('holds no value and no name of an object', async () => {
    const world = openWorld();
    await put(world.objects, 'data/of-alice', row('alice'));
    const run = await drive(world, { orders: [{ orderId: 'dsr-1', criteria: 1, hash: 'h' }] });
    const text = (await linesOf(world, run.certificate!.key)).join('\n');
    expect(text).not.toMatch(/of-alice|"alice"/);
  });
});

describe('an undo', () => {
  it('gives back byte-equal content, save where somebody has written since', async () => {
    const world = openWorld();
    const body = row('carol') + row('alice') + row('dave') + row('bob');
    await put(world.objects, 'data/a', body);
    await put(world.objects, 'data/b', body);
    await drive(world, { undoWindow: 9_000 });
    for (const sealed of await everything(world.quarantine)) expect(sealed).not.toContain('alice');
    await put(world.objects, 'data/b', row('new'));
    expect(await undoRun(world, 'run-1')).toEqual({
      outcome: 'partly',
      objects: [
        { key: 'data/a', status: 'restored' },
        { key: 'data/b', status: 'changed' },
      ],
    });
    expect(await textOf(world.objects, 'data/a')).toBe(body);
    expect(await textOf(world.objects, 'data/b')).toBe(row('new'));
    expect((await undoRun(world, 'run-1')).objects[0]?.status).toBe('restored');
  });

  it('is over when its window ends: key and patches are destroyed, and a statement says so', async () => {
    const world = openWorld();
    await put(world.objects, 'data/a', row('alice'));
    await drive(world, { undoWindow: 9_000 });
    world.now += 9_000;
    expect(await undoRun(world, 'run-1')).toEqual({ outcome: 'expired', objects: [] });
    expect(await everything(world.quarantine)).toEqual([]);
    const text = await textOf(world.certificates, 'certificates/run-1.undo-expiry.ndjson');
    expect(await verifyCertificate([text!], publicKeyPem)).toMatchObject({
      kind: 'genuine',
      certificate: { format: 'lethe-undo-expiry/1', patches: 1 },
    });
    expect(await expireUndo(world, 'run-1')).toBe(false);
  });
});
