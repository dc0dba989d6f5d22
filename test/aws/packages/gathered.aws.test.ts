import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fetchGatheredOnAws } from '../../../lib/aws/packages/fetch-gathered.ts';
import { s3GatheredStore } from '../../../lib/aws/packages/s3-gathered-store.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import {
  GatheredDataError,
  gatheredSections,
} from '../../../lib/core/access-package/gathered-sections.ts';
import { requestKeyName } from '../../../lib/core/identity/subject-boxes.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { gatheredStoreContract } from '../../contracts/gathered-store.ts';
import { standIn } from '../stand-in.ts';

const random = { bytes: (count: number) => randomBytes(count) };

async function openBucket(name: string) {
  const client = new S3Client({ ...standIn(), forcePathStyle: true });
  const Bucket = `${name}-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return { client, Bucket };
}

async function gatheredUnderTest() {
  const { client, Bucket } = await openBucket('gathered');
  const keys = new MemoryKeyVault();
  return {
    ...{ client, Bucket, keys },
    gathered: s3GatheredStore(client, Bucket, { keys, random }),
    prepare: async (dsrId: string) => {
      await keys.create(requestKeyName(dsrId));
    },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

gatheredStoreContract('s3GatheredStore', gatheredUnderTest);

describe('s3GatheredStore', () => {
  it('keeps nothing in clear, and nothing that outlives the request’s key', async () => {
    const { client, Bucket, keys, gathered, prepare, close } = await gatheredUnderTest();
    await prepare('d');
    const data = { kind: 'inline', records: [{ name: 'CANARY-PERSON' }] } as const;
    await gathered.put('d', 'orders', 1, data);
    const objects = s3ObjectStore(client, Bucket);
    for await (const { key } of objects.list('')) {
      const stored = await objects.get(key);
      for await (const chunk of stored!.body) {
        expect(Buffer.from(chunk).toString()).not.toContain('CANARY');
      }
    }
    await keys.destroy(requestKeyName('d'));
    await gathered.put('d', 'posts', 1, data);
    for await (const { taskId } of gathered.list('d')) expect.unreachable(taskId);
    await expect(gathered.put('other', 'orders', 1, data)).rejects.toThrow('no key');
    await close();
  });

  it('lets the latest of many attempts at once win', async () => {
    const { gathered, prepare, close } = await gatheredUnderTest();
    await prepare('d');
    const attempts = [3, 1, 5, 2, 4];
    await Promise.all(
      attempts.map((attempt) =>
        gathered.put('d', 'orders', attempt, { kind: 'inline', records: [{ attempt }] }),
      ),
    );
    for await (const { data } of gathered.list('d')) {
      expect(data).toEqual({ kind: 'inline', records: [{ attempt: 5 }] });
    }
    await close();
  });
});

describe('data by reference on AWS', () => {
  const fetchable = async () => {
    const { client, Bucket } = await openBucket('handover');
    const other = await openBucket('private');
    const put = (bucket: string, Key: string, Body: string) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await put(Bucket, 'commerce/a b.ndjson', '{"order":1}\n{"order":2}\n');
    await put(other.Bucket, 'secret', 'nobody may read this');
    const fetchGathered = fetchGatheredOnAws({
      ...{ s3: client, buckets: [Bucket], hosts: ['data.shop.example', '*.cdn.example'] },
    });
    return { client, Bucket, other: other.Bucket, fetchGathered };
  };
  const readAll = async (chunks: AsyncIterable<Uint8Array>) => {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(chunk);
    return Buffer.concat(all).toString();
  };

  it('ends up in the sections of the access package', async () => {
    const { client, Bucket, fetchGathered } = await fetchable();
    const under = await gatheredUnderTest();
    await under.prepare('d');
    const location = `s3://${Bucket}/commerce/a%20b.ndjson`;
    const reference = { kind: 'reference', location, mediaType: 'application/x-ndjson' } as const;
    await under.gathered.put('d', 'orders', 1, reference);
    const found: unknown[] = [];
    for await (const section of gatheredSections(under.gathered, dataMap, fetchGathered, 'd')) {
      for await (const record of section.records) found.push([section.store, record]);
    }
    expect(found).toEqual([
      ['orders', { order: 1 }],
      ['orders', { order: 2 }],
    ]);
    client.destroy();
    await under.close();
  });

  it('is read from no bucket and no host that is not listed', async () => {
    const { client, Bucket, other, fetchGathered } = await fetchable();
    const forbidden = [
      `s3://${other}/secret`,
      `s3://${Bucket}.evil/secret`,
      's3:///secret',
      'https://data.shop.example.evil.example/',
      'https://user@data.shop.example/',
      'https://data.shop.example:8443/',
      'https://cdn.example/',
      'https://evilcdn.example/',
      'http://data.shop.example/',
      'https://169.254.169.254/',
      'file:///etc/passwd',
      'nonsense',
    ];
    for (const location of forbidden) {
      const attempt = async () => readAll(fetchGathered(location));
      await expect(attempt(), location).rejects.toBeInstanceOf(GatheredDataError);
    }
    const gone = async () => readAll(fetchGathered(`s3://${Bucket}/gone`));
    await expect(gone()).rejects.toThrow('no longer where the service put it');
    client.destroy();
  });
});
