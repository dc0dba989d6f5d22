import { createHash, randomUUID } from 'node:crypto';
import { link, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isMailAddress } from '../../core/notices/mail-address.ts';
import { renderMail } from '../../core/notices/render-mail.ts';
import type { Site } from '../../core/notices/site.ts';
import { renderSystemNotice } from '../../core/notices/system-notice.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Notice, NoticeOutcome, Notifier } from '../../core/ports/notifier.ts';
import {
  makeFolder,
  syncFolder,
  systemCode,
  unlessMissing,
  UNFINISHED,
  writeNewFile,
} from '../durable-files.ts';
import { composeMessage, type Message } from './compose-message.ts';

export interface MailboxOptions {
  readonly directory: string;
  readonly site: Site;
  readonly clock: Clock;
}

/**
 * The port Notifier as a folder with one file per accepted notice, in the format of mail. A link to a
 * name that the dedupe key alone gives is atomic and refuses to replace: of many senders one wins,
 * and nobody ever sees half a mail.
 */
export async function openMailbox({ directory, site, clock }: MailboxOptions): Promise<Notifier> {
  await makeFolder(directory);
  for (const name of await readdir(directory)) {
    if (name.endsWith(UNFINISHED)) await unlessMissing(unlink(join(directory, name)));
  }

  return {
    send: async (notice, dedupeKey): Promise<NoticeOutcome> => {
      const path = join(directory, fileName(dedupeKey));
      if ((await unlessMissing(stat(path))) !== undefined) return { kind: 'already-accepted' };
      const message = messageOf(site, notice, clock.now());
      if (typeof message === 'string') return { kind: 'undeliverable', code: message };
      const beside = join(directory, `${randomUUID()}${UNFINISHED}`);
      await writeNewFile(beside, await composeMessage(message, dedupeKey));
      try {
        await link(beside, path);
        await syncFolder(directory);
        return { kind: 'accepted' };
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
        return { kind: 'already-accepted' };
      } finally {
        await unlink(beside);
      }
    },
  };
}

/** Nothing personal: the key is the request's id and a number. */
function fileName(dedupeKey: string): string {
  const isPlain = /^[a-z0-9-]{1,80}\/\d{1,9}$/.test(dedupeKey);
  const name = isPlain
    ? dedupeKey.replace('/', '.')
    : createHash('sha256').update(dedupeKey).digest('hex');
  return `${name}.eml`;
}

/** The notice as a mail, or a code that says why it can never arrive. */
function messageOf(site: Site, notice: Notice, now: number): Message | string {
  const host = new URL(site.baseUrl).hostname;
  // A mail domain is a name: an address as literal would be written in brackets.
  const from = { name: site.organisation, address: `privacy@${mailDomain(host)}` };
  const common = { from, at: now };
  if (notice.audience !== 'subject') {
    const rendered = renderSystemNotice(notice);
    if (rendered === undefined) return 'not-for-systems';
    const { subject, message } = rendered;
    const to = `${notice.audience}@${mailDomain(host)}`;
    return { ...common, to, subject, text: `${message}\n` };
  }
  const { address } = notice;
  if (address === undefined) return 'no-address';
  if (!isMailAddress(address)) return 'malformed-address';
  const mail = renderMail(site, notice, now);
  if (mail === undefined) return 'not-for-subjects';
  const { subject, text, html, language } = mail;
  return { ...common, to: address, subject, text, html, language };
}

function mailDomain(host: string): string {
  return /^[\d.]+$|^\[/.test(host) ? 'localhost' : host;
}
