import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../house/import-graph.ts';
import { standIn } from './stand-in.ts';

const { endpoint, region, credentials } = standIn();
const client = new S3Client({ ...standIn(), forcePathStyle: true });
const Bucket = `discover-${randomUUID()}`;

beforeAll(async () => {
  await client.send(new CreateBucketCommand({ Bucket }));
  const rows = Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({ id: n, contact: { mail: `canary${n}@secretplace.org` } }),
  ).join('\n');
  const objects: [string, string | Buffer][] = [
    ['events/a.jsonl', rows],
    ['events/b.gz', gzipSync(rows)],
    ['events/empty', ''],
    ['other/c.jsonl', '{"tel":'],
  ];
  for (const [Key, content] of objects) {
    const Body = Buffer.from(content);
    await client.send(new PutObjectCommand({ Bucket, Key, Body }));
  }
});
afterAll(() => client.destroy());

function discover(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    NO_COLOR: '1',
    // The SDK warns of old versions of Node.
    NODE_NO_WARNINGS: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  return new Promise((resolve) => {
    const command = [join(root, 'bin/lethe.js'), 'discover', ...args];
    const child = execFile(process.execPath, command, { env }, (_, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

test('finds personal fields in the objects below a prefix, and shows no value', async () => {
  const { status, stdout, stderr } = await discover(`s3://${Bucket}/events/`, '--strict', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    files: 3,
    sampled: 3,
    rows: 80,
    findings: [{ segments: ['contact', 'mail'], kind: 'email', objects: 2 }],
    unreadable: [],
  });
  expect(stdout + stderr).not.toMatch(/secretplace|canary\d/);
});

test('names an object that cannot be read', async () => {
  const { status, stderr } = await discover(`s3://${Bucket}/other/`, '--strict');
  expect(status).toBe(1);
  expect(stderr).toContain('other/c.jsonl: 1 of 1 sampled rows');
});

test('a bucket that is not there is told in one line', async () => {
  const { status, stdout, stderr } = await discover(`s3://no-${randomUUID()}/`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('NoSuchBucket');
});
