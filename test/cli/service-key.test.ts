import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { openStorage } from '../../bin/commands/serve-storage.ts';
import { readEvent } from '../../lib/core/requests/messages/read-message.ts';
import { messageOpener } from '../../lib/core/requests/messages/signed-message.ts';
import { dataMap } from '../../lib/data-map.ts';
import { root } from '../house/import-graph.ts';
import { scratchFolder } from '../local/scratch-folder.ts';

const run = promisify(execFile);

async function serviceKey(given: readonly string[], secret?: string) {
  const env = { ...process.env, LETHE_MESSAGE_SECRET: secret };
  const args = [join(root, 'bin/lethe.js'), 'service-key', ...given];
  const { stdout } = await run(process.execPath, args, { env });
  return JSON.parse(stdout) as { alg: string; keyId: string; key: string };
}

/** A change event as a service in any language signs it. */
function signed({ alg, keyId, key }: Awaited<ReturnType<typeof serviceKey>>, store: string) {
  const change = {
    ...{ eventId: 'e', store, at: 5, remaining: 0, affected: 1 },
    reason: `dsr:11111111-2222-4333-8444-555555555555/${store}#1`,
  };
  const value = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`lethe-message/1\n${canonicalize(change)!}`)
    .digest('base64url');
  return Buffer.from(JSON.stringify({ ...change, signature: { alg, keyId, value } }));
}

describe('lethe service-key', () => {
  it('gives a service what it needs to sign its change events, on AWS and on this machine', async () => {
    const secret = Buffer.alloc(32, 3);
    const onAws = await serviceKey(['posts'], secret.toString('base64'));
    const open = messageOpener([secret], dataMap);
    expect(readEvent(open, signed(onAws, 'posts')).kind).toBe('message');
    expect(readEvent(open, signed(onAws, 'orders')).kind).toBe('dead');

    const directory = await scratchFolder();
    const storage = await openStorage(directory, { now: () => Date.now() });
    const local = await storage.secret('messages');
    await storage.close();
    const here = await serviceKey(['orders', '--directory', directory]);
    expect(readEvent(messageOpener([local], dataMap), signed(here, 'orders')).kind).toBe('message');
  });

  it('refuses a store that is none, a short secret, and a directory that nobody served', async () => {
    const secret = Buffer.alloc(32).toString('base64');
    await expect(serviceKey(['no-such-store'], secret)).rejects.toMatchObject({ code: 2 });
    await expect(serviceKey(['posts'], 'c2hvcnQ=')).rejects.toMatchObject({ code: 2 });
    const directory = await scratchFolder();
    await expect(serviceKey(['posts', '--directory', directory])).rejects.toMatchObject({
      code: 2,
    });
  });
});
