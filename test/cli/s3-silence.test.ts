import { S3Client } from '@aws-sdk/client-s3';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { failureCode } from '../../bin/commands/failure-code.ts';
import { openS3 } from '../../bin/commands/s3-client.ts';
import { s3Client } from '../../lambdas/runtime/connect/clients.ts';
import { S3_CONNECTION } from '../../lib/aws/s3-connection.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';

const HEAD = 'x'.repeat(1000);

let silent: Server;
beforeEach(async () => {
  // Answers, begins an object, and is never heard of again.
  silent = createServer((asked, answer) => {
    answer.writeHead(200, { etag: '"1"', 'content-length': '2000', 'x-amz-version-id': '1' });
    answer.write(HEAD);
    asked.resume();
  });
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  vi.unstubAllEnvs();
  silent.closeAllConnections();
  silent.close();
});

it('fails where S3 falls silent within an object, by a word that a summary can tell', async () => {
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    forcePathStyle: true,
    requestHandler: { ...S3_CONNECTION, socketTimeout: 300 },
  });
  const object = await s3ObjectStore(client, 'archive').get('key');
  let read = '';
  const reading = (async () => {
    for await (const chunk of object!.body) read += Buffer.from(chunk).toString();
  })();
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  expect(failureCode(error)).toBe('TimeoutError');
  expect(read).toBe(HEAD);
  client.destroy();
});

it('is how every client of S3 waits, on the command line and in functions', async () => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  for (const client of [openS3(), s3Client('test')]) {
    // What it connects with is known from its first call on.
    await expect(client.config.requestHandler.handle({} as never)).rejects.toThrow();
    const handler = client.config.requestHandler as NodeHttpHandler;
    const { socketTimeout, connectionTimeout } = handler.httpHandlerConfigs();
    expect(socketTimeout).toBe(120_000);
    expect(connectionTimeout).toBeGreaterThan(0);
    client.destroy();
  }
});
