import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../lib/core/ports/notifier.ts';
import { openMailbox } from '../../../lib/local/mailbox/mailbox-notifier.ts';
import { notifierContract } from '../../contracts/notifier.ts';
import { scratchFolder } from '../scratch-folder.ts';

const site = {
  organisation: 'Bäcker & Söhne',
  baseUrl: 'http://127.0.0.1:8787',
  linkKey: Buffer.alloc(32, 1),
};
const clock = { now: () => Date.UTC(2026, 0, 5, 8) };

async function mailbox() {
  const directory = await scratchFolder();
  return { directory, notifier: await openMailbox({ directory, site, clock }) };
}

const notice = (change: Partial<Notice> = {}): Notice => ({
  name: 'received',
  audience: 'subject',
  address: 'ann@example.com',
  language: 'de',
  dsrId: '5f0c4d2e-0000-4000-8000-000000000001',
  type: 'erasure',
  facts: { due: '2026-02-05' },
  ...change,
});

notifierContract('Notifier as a folder of mail', async () => {
  const { directory, notifier } = await mailbox();
  const acceptedFor = async (dsrId: string) =>
    (await readdir(directory)).filter((name) => name.startsWith(dsrId)).length;
  return { notifier, acceptedFor };
});

describe('the mailbox', () => {
  it('keeps a mail as it would go over the wire, for its owner alone, under a name that tells nobody', async () => {
    const { directory, notifier } = await mailbox();
    await notifier.send(notice(), `${notice().dsrId}/1`);
    const [name] = await readdir(directory);
    expect(name).toBe(`${notice().dsrId}.1.eml`);
    const text = await readFile(join(directory, name!), 'utf8');
    expect(text).toMatch(/^To: ann@example\.com\r?$/m);
    expect(text).toMatch(/^From: =\?UTF-8\?/m);
    expect(text).toMatch(/^Date: Mon, 05 Jan 2026 08:00:00 \+0000\r?$/m);
    expect(text).toContain('multipart/alternative');
    expect((await stat(join(directory, name!))).mode & 0o777).toBe(0o600);
  });

  it('keeps notices to systems as JSON, without any address of a data subject', async () => {
    const { directory, notifier } = await mailbox();
    const sent = notice({ audience: 'administrators', name: 'approval-needed' });
    const outcome = await notifier.send(sent, 'd/2');
    expect(outcome).toEqual({ kind: 'accepted' });
    const text = await readFile(join(directory, 'd.2.eml'), 'utf8');
    expect(text).toContain('lethe-notice/1');
    expect(text).not.toContain('ann@example.com');
  });

  it.each([
    'no-at',
    'two@example.com,three@example.com',
    'a@b.example\r\nBcc: x@y.example',
    '"quoted\n"@example.com',
    '<x@y.example>',
    '',
  ])('calls the address %j undeliverable, and writes nothing', async (address) => {
    const { directory, notifier } = await mailbox();
    expect(await notifier.send(notice({ address }), 'd/1')).toMatchObject({
      kind: 'undeliverable',
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('sweeps what a killed process had not finished, and sends that notice', async () => {
    const { directory } = await mailbox();
    await writeFile(join(directory, 'half.unfinished'), 'To: somebo');
    const notifier = await openMailbox({ directory, site, clock });
    expect(await notifier.send(notice(), 'd/1')).toEqual({ kind: 'accepted' });
    expect(await readdir(directory)).toEqual(['d.1.eml']);
  });
});
