import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { s3DeadLetters } from '../../../lib/aws/messaging/s3-dead-letters.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { deadLettersContract } from '../../contracts/dead-letters.ts';
import { standIn } from '../stand-in.ts';

for (const isVersioned of [true, false]) {
  deadLettersContract(`s3DeadLetters, ${isVersioned ? 'with' : 'without'} versions`, async () => {
    const client = new S3Client({ ...standIn(), forcePathStyle: true });
    const Bucket = `letters-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    if (isVersioned) {
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    }
    const keys = new MemoryKeyVault();
    const random = { bytes: (count: number) => randomBytes(count) };
    const sealing = { keys, random, clock: { now: () => Date.now() } };
    const objects = s3ObjectStore(client, Bucket);
    const readAll = async () => {
      const parts: string[] = [];
      for await (const { key, versionId } of objects.listVersions('')) {
        parts.push(key);
        const found = await objects.get(key, { versionId });
        for await (const chunk of found?.body ?? []) parts.push(Buffer.from(chunk).toString());
      }
      return parts.join('\n');
    };
    return {
      ...{ letters: s3DeadLetters(client, Bucket, sealing), keys, readAll },
      close: () => {
        client.destroy();
        return Promise.resolve();
      },
    };
  });
}
