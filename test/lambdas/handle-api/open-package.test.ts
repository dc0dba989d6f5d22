import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packageOpener } from '../../../lambdas/handle-api/open-package.ts';
import { SALT_BYTES, sealStream } from '../../../lib/core/access-package/sealed-stream.ts';
import { presignedDownload } from '../../../lib/aws/presigned-download.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';

const ID = '11111111-2222-4333-8444-555555555555';
const REFERENCE = `packages/${ID}.zip.sealed`;
const MEBIBYTE = 1024 * 1024;

async function openerOf(bytes: number) {
  const objects = memoryObjectStore({ now: () => 0 });
  const keys = new MemoryKeyVault();
  const key = await keys.create(`package/${ID}`);
  if (key.kind !== 'key') throw new Error('no key');
  const plain = (async function* () {
    yield await Promise.resolve(Buffer.alloc(bytes, 'z'));
  })();
  await objects.put(REFERENCE, sealStream(key.key, randomBytes(SALT_BYTES), REFERENCE, plain));
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
  return packageOpener({
    ...{ objects, keys },
    random: { bytes: (count) => randomBytes(count) },
    presign: presignedDownload(client, 'packages-bucket', 'my-data.zip'),
  });
}

describe('opening a package behind API Gateway', () => {
  it('streams what a function can answer', async () => {
    const opened = await (await openerOf(3 * MEBIBYTE))(ID, REFERENCE);
    expect(opened).toBeInstanceOf(ReadableStream);
    let size = 0;
    for await (const chunk of opened as ReadableStream<Uint8Array>) size += chunk.byteLength;
    expect(size).toBe(3 * MEBIBYTE);
  });

  it('links to an opened copy of what is larger, for five minutes, as a file to keep', async () => {
    const opened = await (await openerOf(5 * MEBIBYTE))(ID, REFERENCE);
    const url = new URL((opened as { location: string }).location);
    expect(url.protocol).toBe('https:');
    expect(url.hostname).toBe('packages-bucket.s3.eu-central-1.amazonaws.com');
    expect(url.pathname).toMatch(/^\/opened\/[0-9a-f]{48}\.zip$/);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
    expect(url.searchParams.get('response-content-disposition')).toBe(
      'attachment; filename="my-data.zip"',
    );
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(url.href).not.toContain(ID);
  });

  it('finds nothing of a package that is gone', async () => {
    expect(await (await openerOf(1))(ID, 'packages/other')).toBeUndefined();
  });
});
