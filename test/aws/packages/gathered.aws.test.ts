import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fetchGatheredOnAws } from '../../../lib/aws/packages/fetch-gathered.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { objectGatheredStore } from '../../../lib/core/access-package/object-gathered-store.ts';
import { GatheredDataError } from '../../../lib/core/ports/fetch-gathered.ts';
import { requestKeyName } from '../../../lib/core/identity/subject-boxes.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { gatheredOf, gatheredStoreContract } from '../../contracts/gathered-store.ts';
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
    gathered: objectGatheredStore(s3ObjectStore(client, Bucket), { keys, random }),
    prepare: async (dsrId: string) => {
      await keys.create(requestKeyName(dsrId));
    },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

gatheredStoreContract('objectGatheredStore in S3', gatheredUnderTest);

it('the latest of many attempts at once wins in S3', async () => {
  const { gathered, prepare, close } = await gatheredUnderTest();
  await prepare('d');
  const attempts = [3, 1, 5, 2, 4];
  await Promise.all(
    attempts.map((attempt) =>
      gathered.put('d', 'orders', attempt, { kind: 'records', records: [{ attempt }] }),
    ),
  );
  expect(await gatheredOf(gathered, 'd')).toEqual({ orders: [{ attempt: 5 }] });
  await close();
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

  it('is taken in byte by byte', async () => {
    const { client, Bucket, fetchGathered } = await fetchable();
    const under = await gatheredUnderTest();
    await under.prepare('d');
    const lines = fetchGathered(`s3://${Bucket}/commerce/a%20b.ndjson`);
    await under.gathered.put('d', 'orders', 1, { kind: 'lines', lines });
    const all = '{"order":1}\n{"order":2}\n';
    expect(await gatheredOf(under.gathered, 'd')).toEqual({ orders: all });
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
