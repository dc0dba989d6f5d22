import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { objectStoreContract } from '../contracts/object-store/contract.ts';
import { standIn } from './stand-in.ts';

async function makeStore() {
  const client = new S3Client({ ...standIn(), forcePathStyle: true });
  const Bucket = `store-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  return {
    client,
    Bucket,
    store: s3ObjectStore(client, Bucket),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

objectStoreContract('s3ObjectStore', makeStore);

describe('s3ObjectStore', () => {
  const parts = async function* (count: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < count; at++) yield await Promise.resolve(Buffer.alloc(1024 * 1024, at));
  };

  it('stores an object in parts under a condition, and leaves no parts when it fails', async () => {
    const { client, Bucket, store, close } = await makeStore();
    const first = await store.put('key', parts(20), { ifAbsent: true });
    if (first.kind !== 'stored') throw new Error('not stored');
    expect(await store.put('key', parts(20), { ifAbsent: true })).toEqual({ kind: 'changed' });
    const second = await store.put('key', parts(18), { ifMatch: first.etag });
    expect(second.kind).toBe('stored');
    expect(await store.put('key', parts(19), { ifMatch: first.etag })).toEqual({ kind: 'changed' });
    const object = await store.get('key');
    expect(object?.size).toBe(18 * 1024 * 1024);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toEqual([]);
    await close();
  });

  it('answers "locked", until when, for a version that Object Lock keeps', async () => {
    const { client, close } = await makeStore();
    const Bucket = `locked-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const store = s3ObjectStore(client, Bucket);
    const until = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;
    const kept = async (): Promise<{ Bucket: string; Key: string; VersionId: string }> => {
      const outcome = await store.put('key', Buffer.from('x'));
      if (outcome.kind !== 'stored') throw new Error('not stored');
      return { Bucket, Key: 'key', VersionId: outcome.versionId };
    };
    const retained = await kept();
    await client.send(
      new PutObjectRetentionCommand({
        ...retained,
        Retention: { Mode: 'COMPLIANCE', RetainUntilDate: new Date(until) },
      }),
    );
    expect(await store.deleteVersion('key', retained.VersionId)).toEqual({ kind: 'locked', until });
    const held = await kept();
    await client.send(new PutObjectLegalHoldCommand({ ...held, LegalHold: { Status: 'ON' } }));
    expect(await store.deleteVersion('key', held.VersionId)).toEqual({ kind: 'locked' });
    await close();
  });

  it('answers an empty body for a range that lies past the end', async () => {
    const { store, close } = await makeStore();
    await store.put('empty', new Uint8Array());
    const object = await store.get('empty', { range: [0, 10] });
    const chunks: Uint8Array[] = [];
    for await (const chunk of object!.body) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toHaveLength(0);
    expect(object!.size).toBe(0);
    await close();
  });
});
