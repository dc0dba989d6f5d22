import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatheredDataError } from '../../lib/core/ports/fetch-gathered.ts';
import { fetchGatheredHere } from '../../lib/local/fetch-gathered.ts';
import { scratchFolder } from './scratch-folder.ts';

const DATA = '{"order":1}\n{"order":2}\n';
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/moved')
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    else if (request.url === '/data') response.end(DATA);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function handover() {
  const scratch = await scratchFolder();
  const folder = join(scratch, 'handover');
  await mkdir(join(folder, 'commerce'), { recursive: true });
  await writeFile(join(folder, 'commerce', 'a b.ndjson'), DATA);
  await writeFile(join(scratch, 'secret'), 'nobody may read this');
  return { scratch, folder, fetchGathered: fetchGatheredHere(folder) };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe('data by reference on this machine', () => {
  it('is read from the handover folder, and from a service on loopback', async () => {
    const { folder, fetchGathered } = await handover();
    const file = pathToFileURL(join(folder, 'commerce', 'a b.ndjson')).href;
    expect(await readAll(fetchGathered(file))).toBe(DATA);
    expect(await readAll(fetchGathered(`${base}/data`))).toBe(DATA);
  });

  it('is never read from anywhere else, however it is written', async () => {
    const { scratch, folder, fetchGathered } = await handover();
    await symlink(join(scratch, 'secret'), join(folder, 'link'));
    const below = pathToFileURL(folder).href;
    const forbidden = [
      pathToFileURL(join(scratch, 'secret')).href,
      `${below}/../secret`,
      `${below}/commerce/..%2f..%2fsecret`,
      `${below}/link`,
      `${below}/commerce`,
      below,
      'file://elsewhere/etc/passwd',
      'file:///etc/passwd',
      'http://169.254.169.254/latest/meta-data',
      'https://example.com/data',
      `http://user@127.0.0.1/`,
      'http://127.0.0.1.example.com/',
      's3://bucket/key',
      'data:,x',
      'not a url',
    ];
    for (const location of forbidden) {
      const attempt = async () => readAll(fetchGathered(location));
      await expect(attempt(), location).rejects.toBeInstanceOf(GatheredDataError);
    }
    await expect(readAll(fetchGathered(`${base}/moved`))).rejects.toThrow();
  });

  it('that is gone says so, and quotes no location', async () => {
    const { folder, fetchGathered } = await handover();
    for (const location of [`${base}/gone`, pathToFileURL(join(folder, 'gone')).href]) {
      await expect(readAll(fetchGathered(location))).rejects.toThrow(
        'Gathered data is no longer where the service put it.',
      );
    }
  });
});
