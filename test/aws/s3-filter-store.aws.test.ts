import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { s3FilterStore } from '../../lib/aws/archive/s3-filter-store.ts';
import { filterStoreContract } from '../contracts/filter-store.ts';
import { standIn } from './stand-in.ts';

filterStoreContract('s3FilterStore', async () => {
  const client = new S3Client({ ...standIn(), forcePathStyle: true });
  const Bucket = `filters-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    store: s3FilterStore(client, Bucket),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
});
