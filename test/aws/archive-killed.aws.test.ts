import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import { everything, put, row } from '../core/erasure/run/run-world.ts';
import { startLethe, type LetheChild } from './lethe-child.ts';
import { standBetween, type Between, type Fault, type Meddling } from './s3-between.ts';
import { standIn } from './stand-in.ts';

let client: S3Client;
let folder: string;
let between: Between | undefined;
beforeEach(async () => {
  client = new S3Client({ ...standIn(), forcePathStyle: true });
  folder = await mkdtemp(join(tmpdir(), 'lethe-s3-'));
  await writeFile(join(folder, 'criteria'), '{"match":{"id":"alice"}}\n');
});
afterEach(async () => {
  client.destroy();
  await between?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Objects with clean and dirty versions, each time in a bucket of its own. */
async function fillBucket(): Promise<{ bucket: string; objects: ObjectStore }> {
  const bucket = `archive-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  const objects = s3ObjectStore(client, bucket);
  await put(objects, 'in/a', row('alice') + row('carol'));
  await put(objects, 'in/a', row('carol') + row('alice', 2));
  await put(objects, 'in/b', row('alice'));
  await put(objects, 'in/b', row('dave'));
  await put(objects, 'in/c', row('alice') + row('erin'));
  return { bucket, objects };
}

const CLEAN = [`in/a: ${row('carol')}`, `in/b: ${row('dave')}`, `in/c: ${row('erin')}`];

function erase(endpoint: string, bucket: string, state: string): LetheChild {
  return startLethe(
    endpoint,
    ...['erase', '--removal-criteria', join(folder, 'criteria'), '--in-place', '--json'],
    ...['--input-directory', `s3://${bucket}/in/`, '--maximum-matching-proportion', '1'],
    ...['--state-directory', join(folder, state)],
  );
}

/** Erases with somebody between; answers the summary. */
async function eraseThrough(meddling: Meddling, bucket: string, state: string) {
  between = await standBetween(standIn().endpoint, meddling);
  const { code, stdout, stderr } = await erase(between.endpoint, bucket, state).ended;
  const asked = between.count();
  await between.close();
  expect(code, stderr).toBe(0);
  return { asked, summary: JSON.parse(stdout) as { run: string; outcome: string } };
}

describe('lethe erase on s3:// that is killed', () => {
  it('goes on when it is run again, and ends in the same state, whatever request it dies at', async () => {
    const { bucket: undisturbed } = await fillBucket();
    const { asked } = await eraseThrough({}, undisturbed, 'undisturbed');
    expect(asked).toBeGreaterThan(20);
    for (const part of [0.2, 0.4, 0.55, 0.7, 0.9]) {
      const { bucket, objects } = await fillBucket();
      const last = Math.floor(asked * part);
      // Half of them die before the request has had its effect, half after it.
      const when = last % 2 === 0 ? 'before' : 'after';
      const child: { kill?: () => void } = {};
      const meddling: Meddling = {
        [when]: (_: unknown, nth: number) => {
          if (nth < last) return undefined;
          child.kill?.();
          return 'drop';
        },
      };
      between = await standBetween(standIn().endpoint, meddling);
      const state = `state-${last}`;
      const first = erase(between.endpoint, bucket, state);
      child.kill = first.kill;
      expect((await first.ended).signal).toBe('SIGKILL');
      await between.close();
      const { summary } = await eraseThrough({}, bucket, state);
      expect(summary, `killed at ${part}`).toMatchObject({ outcome: 'done', resumed: true });
      expect(await everything(objects), `killed at ${part}`).toEqual(CLEAN);
      const undone = await startLethe(
        standIn().endpoint,
        ...['undo', summary.run, '--state-directory', join(folder, state), '--json'],
      ).ended;
      expect(JSON.parse(undone.stdout)).toMatchObject({ outcome: 'restored' });
      const [current] = await everything(objects);
      expect(current).toBe(`in/a: ${row('carol')}${row('alice', 2)}`);
    }
  });
});

describe('lethe erase on an S3 that is busy', () => {
  it('asks again after SlowDown and InternalError, be it that what failed was done', async () => {
    const seen = new Set<string>();
    const isFirst = (kind: string, method = '', url = ''): boolean => {
      const name = `${kind} ${method} ${url}`;
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    };
    const slow: Fault = { status: 503, code: 'SlowDown' };
    const broken: Fault = { status: 500, code: 'InternalError' };
    const { bucket, objects } = await fillBucket();
    const { summary } = await eraseThrough(
      {
        before: ({ method, url }) => (isFirst('before', method, url) ? slow : undefined),
        after: ({ method, url }) =>
          method === 'PUT' && isFirst('after', method, url) ? broken : undefined,
      },
      bucket,
      'busy',
    );
    expect(seen.size).toBeGreaterThan(10);
    expect(summary.outcome).toBe('done');
    expect(await everything(objects)).toEqual(CLEAN);
  });
});
