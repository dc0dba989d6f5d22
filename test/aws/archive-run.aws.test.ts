import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectLegalHoldCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { s3FilterStore } from '../../lib/aws/archive/s3-filter-store.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { ArchiveIndexer } from '../../lib/core/erasure/filters/archive-indexer.ts';
import { archivePlace } from '../../lib/core/erasure/filters/archive-paths.ts';
import { FilterKey } from '../../lib/core/erasure/filters/filter-key.ts';
import { driveRun } from '../../lib/core/erasure/run/drive-run.ts';
import { storedSource } from '../../lib/core/erasure/stored-source.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import {
  everything,
  openWorld,
  put,
  request,
  row,
  textOf,
  twoOrders,
} from '../core/erasure/run/run-world.ts';
import { startLethe } from './lethe-child.ts';
import { standIn } from './stand-in.ts';

let client: S3Client;
let bucket: string;
let objects: ObjectStore;
let folder: string;
beforeEach(async () => {
  client = new S3Client({ ...standIn(), forcePathStyle: true });
  bucket = `archive-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  await client.send(
    new PutBucketVersioningCommand({
      Bucket: bucket,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  objects = s3ObjectStore(client, bucket);
  folder = await mkdtemp(join(tmpdir(), 'lethe-s3-'));
});
afterEach(async () => {
  client.destroy();
  await rm(folder, { recursive: true, force: true });
});

describe('an archive run on S3', () => {
  it('takes rows out of objects and versions, keeps attributes, and lets writers win', async () => {
    const attributes = {
      contentType: 'application/x-ndjson',
      metadata: { a: 'b' },
      tags: { K: 'v' },
    };
    await objects.put('data/a', Buffer.from(row('alice') + row('carol')), attributes);
    await put(objects, 'data/b', row('bob'));
    await put(objects, 'data/b', row('dave'));
    let raced = false;
    const contended: ObjectStore = {
      ...objects,
      put: async (key, body, options) => {
        if (!raced) {
          raced = true;
          await objects.put('data/a', Buffer.from(row('alice') + row('erin')), attributes);
        }
        return objects.put(key, body, options);
      },
    };
    const world = { ...openWorld(), objects: contended };
    const outcome = await driveRun(world, twoOrders(), request());
    expect(outcome).toMatchObject({ kind: 'ended', run: { state: 'done' } });
    expect(await everything(objects)).toEqual([`data/a: ${row('erin')}`, `data/b: ${row('dave')}`]);
    expect(await objects.get('data/a')).toMatchObject(attributes);
  });

  it('names a version that a legal hold keeps, and is not done', async () => {
    const held = await put(objects, 'data/a', row('alice'));
    const hold = { Bucket: bucket, Key: 'data/a', VersionId: held.versionId };
    await client.send(new PutObjectLegalHoldCommand({ ...hold, LegalHold: { Status: 'ON' } }));
    const outcome = await driveRun({ ...openWorld(), objects }, twoOrders(), request());
    expect(outcome).toMatchObject({ run: { state: 'incomplete', totals: { locked: 1 } } });
    expect(await textOf(objects, 'data/a')).toBe('');
  });
});

describe('the command line on s3://', () => {
  const lethe = (...args: string[]) => startLethe(standIn().endpoint, ...args).ended;
  const json = (text: string): Record<string, unknown> =>
    JSON.parse(text || '{}') as Record<string, unknown>;

  it('searches, erases, verifies, proves and undoes', async () => {
    const criteria = join(folder, 'criteria.ndjson');
    await writeFile(criteria, '{"match":{"id":"alice"}}\n');
    const body = row('alice') + row('carol');
    await put(objects, 'in/a', body);
    await objects.put('in/b.gz', gzipSync(body));
    const asked = ['--removal-criteria', criteria];
    const erase = (...more: string[]) =>
      lethe(
        ...['erase', ...asked, '--input-directory', `s3://${bucket}/in/`, '--json'],
        ...['--state-directory', join(folder, 'state'), ...more],
      );
    const limit = ['--maximum-matching-proportion', '0.5'];

    const dry = await erase(...limit, '--dry-run');
    expect(json(dry.stdout)).toMatchObject({ outcome: 'done', dryRun: true, rows: 4, matched: 2 });
    const stopped = await erase('--maximum-matching-proportion', '0.4', '--in-place');
    expect([stopped.code, json(stopped.stdout)['outcome']]).toEqual([1, 'stopped']);
    expect(await textOf(objects, 'in/a')).toBe(body);
    const before = await lethe('verify', 'archive', `s3://${bucket}/in/`, ...asked, '--json');
    expect([before.code, json(before.stdout)['residue']], before.stderr).toEqual([1, 2]);

    const done = await erase(...limit, '--in-place');
    expect(done.code, done.stderr).toBe(0);
    const summary = json(done.stdout);
    expect(summary).toMatchObject({
      ...{ outcome: 'done', matched: 2, kept: 2, residue: 0, pathsNeverSeen: [] },
      objects: [{ key: 'in/a', status: 'erased', format: 'jsonl' }, { key: 'in/b.gz' }],
    });
    expect(await textOf(objects, 'in/a')).toBe(row('carol'));
    expect((await lethe('verify', 'archive', `s3://${bucket}/in/`, ...asked)).code).toBe(0);

    const home = join(folder, 'state', 's3');
    const proof = await lethe(
      ...['verify', 'receipt', String(summary['certificate'])],
      ...['--public-key', join(home, 'public-key.pem')],
    );
    expect(proof.stdout).toContain(`Genuine: run ${String(summary['run'])}, done.`);
    const proofs = join(home, 'certificates');
    const publicKey = ['--public-key', join(home, 'public-key.pem')];
    const chains = await lethe('verify', 'certificates', proofs, ...publicKey, '--json');
    expect(json(chains.stdout), chains.stderr).toMatchObject({
      outcome: 'whole',
      chains: [{ certificates: 1, verdict: 'whole' }],
    });
    await rm(String(summary['certificate']));
    const cut = await lethe('verify', 'certificates', proofs, ...publicKey, '--json');
    expect([cut.code, json(cut.stdout)]).toMatchObject([
      1,
      { outcome: 'broken', chains: [{ verdict: 'cut-short', number: 1 }] },
    ]);

    const undone = await lethe(
      ...['undo', String(summary['run']), '--state-directory', join(folder, 'state'), '--json'],
    );
    expect(json(undone.stdout)).toMatchObject({ outcome: 'restored' });
    expect(await textOf(objects, 'in/a')).toBe(body);
    expect(await readdir(join(home, 'quarantine', 'runs')).catch(() => [])).toEqual([]);
  });

  it('writes kept and removed rows to directories and to s3://, and leaves the archive as it is', async () => {
    const criteria = join(folder, 'criteria.ndjson');
    await writeFile(criteria, '{"match":{"id":"alice-1"}}\n');
    const body = row('alice-1') + '{"id":\n' + '{"note":"of alice-1"}\n';
    await put(objects, 'in/deep/a', body);
    await put(objects, 'in/../b', row('carol'));
    const erase = (...more: string[]) =>
      lethe(
        ...['erase', '--removal-criteria', criteria, '--input-directory', `s3://${bucket}/in/`],
        ...['--maximum-matching-proportion', '0.5', '--json'],
        ...['--state-directory', join(folder, 'state'), ...more],
      );
    const [kept, gone] = [join(folder, 'kept'), `s3://${bucket}/gone`];
    const to = (where: string) => ['--non-matching-output-directory', where];
    const done = await erase(...to(kept), '--matching-output-directory', gone, '--residue-report');
    expect(done.code, done.stderr).toBe(1);
    const objectsTold = json(done.stdout)['objects'] as Record<string, unknown>[];
    expect(objectsTold.find(({ key }) => key === 'in/deep/a')).toMatchObject({
      ...{ matched: 1, unparsable: 1, linesWithValues: 1 },
      faults: [{ line: 2, offset: row('alice-1').length }],
    });
    // No key leads out of the directory.
    expect(objectsTold.find(({ key }) => key === 'in/../b')).toMatchObject({
      ...{ status: 'failed', reason: 'a step on it failed (UnusableName)' },
    });
    expect(await readFile(join(kept, 'deep/a'), 'utf8')).toBe(body.slice(row('alice-1').length));
    expect(await readdir(folder)).not.toContain('b');
    expect(await textOf(objects, 'gone/deep/a')).toBe(row('alice-1'));
    expect(await textOf(objects, 'in/deep/a')).toBe(body);
    const again = await erase(...to(kept));
    expect([again.code, again.stderr]).toMatchObject([2, expect.stringContaining('not empty')]);
    const within = await erase(...to(`s3://${bucket}/in/out`));
    expect([within.code, within.stderr]).toMatchObject([2, expect.stringContaining('overlaps')]);
  });

  it('reads only what may match by the filters, and takes away those of what it rewrote', async () => {
    const criteria = join(folder, 'criteria.ndjson');
    await writeFile(criteria, '{"match":{"ssn_no":"807831104"}}\n');
    const filters = `filters-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: filters }));
    const secrets = new SecretsManagerClient(standIn());
    const secret = `key-${randomUUID()}`;
    const SecretBinary = randomBytes(32);
    await secrets.send(new CreateSecretCommand({ Name: secret, SecretBinary }));
    secrets.destroy();
    const key = new FilterKey(SecretBinary);
    const store = s3FilterStore(client, filters);
    const indexer = new ArchiveIndexer(store, key, archivePlace(dataMap, '').paths);
    const people = (first: number) =>
      Array.from(
        { length: 2_000 },
        (_, n) => `{"ssn_no":"${first + n}","n":"${'-'.repeat(300)}"}\n`,
      );
    const subject = '{"ssn_no":"807831104"}\n';
    // The filter of `b` is of other content: who believed it has not read the object.
    for (const [name, first, more] of [
      ['in/a', 807_831_000, ''],
      ['in/b', 100_000_000, subject],
    ] as const) {
      const rows = people(first).join('');
      const { etag } = await put(objects, name, rows + more);
      const version = { key: name, etag, size: rows.length + more.length };
      const indexed = await put(objects, 'elsewhere', rows);
      const source = { key: 'elsewhere', versionId: indexed.versionId, size: rows.length };
      await indexer.index(version, () => storedSource(objects, source), 'jsonl');
      expect(await store.read(key.nameOf(name))).toBeDefined();
    }
    const done = await lethe(
      ...['erase', '--removal-criteria', criteria, '--input-directory', `s3://${bucket}/in/`],
      ...['--maximum-matching-proportion', '0.5', '--json', '--in-place'],
      ...['--state-directory', join(folder, 'state')],
      ...['--filters', `s3://${filters}`, '--key-secret', secret],
    );
    expect(done.code, done.stderr).toBe(0);
    expect(json(done.stdout)).toMatchObject({ outcome: 'done', matched: 1, rows: 4_000 });
    expect(await store.read(key.nameOf('in/a'))).toBeUndefined();
    expect(await store.read(key.nameOf('in/b'))).toBeDefined();
    expect(await textOf(objects, 'in/b')).toContain(subject);
  });
});
