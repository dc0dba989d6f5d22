import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { s3FilterStore } from '../../lib/aws/archive/s3-filter-store.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { FilterKey } from '../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../lib/core/erasure/filters/stored-filters.ts';
import { matcherOf } from '../core/erasure/archive-bytes.ts';
import { root } from '../house/import-graph.ts';
import { standBetween } from './s3-between.ts';
import { standIn } from './stand-in.ts';

const objectOf = (from: number) =>
  Array.from(
    { length: 400 },
    (_, n) => `{"ssn_no":"${800_000_000 + from + n}","note":"${'n'.repeat(90)}"}\n`,
  ).join('');

/** An archive of three objects, and how the command is run on it by way of an endpoint. */
async function prepare() {
  const options = standIn();
  const client = new S3Client({ ...options, forcePathStyle: true });
  const [archive, filters] = [`archive-${randomUUID()}`, `filters-${randomUUID()}`];
  for (const Bucket of [archive, filters]) await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(
    new PutBucketVersioningCommand({
      Bucket: archive,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  const secret = randomBytes(48);
  const secretName = `filters-${randomUUID()}`;
  await new SecretsManagerClient(options).send(
    new CreateSecretCommand({ Name: secretName, SecretString: secret.toString('base64') }),
  );
  const objects = s3ObjectStore(client, archive);
  for (let at = 0; at < 3; at++) {
    await objects.put(`phi-data/${at}`, Buffer.from(objectOf(at * 1000)));
  }
  const index = async (endpoint = options.endpoint): Promise<unknown> => {
    const args = ['index', `s3://${archive}/phi-data/`, '--filters', `s3://${filters}`];
    const child = spawn(
      process.execPath,
      [join(root, 'bin/lethe.js'), ...args, '--key-secret', secretName, '--json'],
      {
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: options.region,
          AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
        },
      },
    );
    return JSON.parse(await text(child.stdout)) as unknown;
  };
  return { client, objects, filters, secret, index };
}

it('lethe index writes the filters of an old archive in S3, once', async () => {
  const { client, objects, filters, secret, index } = await prepare();
  expect(await index()).toMatchObject({ objects: 3, written: 3, missed: [] });
  expect(await index()).toMatchObject({ objects: 3, written: 0, kept: 3 });

  const asked = storedFilters(s3FilterStore(client, filters), new FilterKey(secret));
  const answers: string[] = [];
  for await (const version of objects.listVersions('')) {
    const matcher = matcherOf([{ match: { ssn_no: '800001007' } }]);
    answers.push((await asked.mayHold(version, matcher, 'jsonl')).kind);
  }
  expect(answers).toEqual(['absent', 'read', 'absent']);
  client.destroy();
});

it('lethe index tells of an object that S3 refuses, and goes on with the others', async () => {
  const { client, index } = await prepare();
  const between = await standBetween(standIn().endpoint, {
    before: ({ method, url }) =>
      method === 'GET' && url!.includes('phi-data/1')
        ? { status: 403, code: 'AccessDenied' }
        : undefined,
  });
  expect(await index(between.endpoint)).toMatchObject({
    objects: 3,
    written: 2,
    missed: [{ key: 'phi-data/1', reason: 'the system answered AccessDenied' }],
  });
  await between.close();
  client.destroy();
});
