import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A mail of the mailbox folder, as far as the demo shows it. */
export interface DemoMail {
  readonly file: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A request's mails, in the order in which they were written. */
export async function readMails(mailbox: string, dsrId: string): Promise<readonly DemoMail[]> {
  const names = (await readdir(mailbox))
    .filter((name) => name.startsWith(`${dsrId}.`) && name.endsWith('.eml'))
    .sort((a, b) => numberOf(a) - numberOf(b));
  return Promise.all(
    names.map(async (name) => parseMail(name, await readFile(join(mailbox, name), 'utf8'))),
  );
}

/** `<dsrId>.<number>.eml` */
function numberOf(name: string): number {
  return Number(name.split('.')[1]);
}

function parseMail(file: string, raw: string): DemoMail {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ');
  const header = (name: string): string =>
    new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  // Quoted-printable (RFC 2045, 6.7); the links that are looked for are ASCII.
  const text = raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { file, to: header('To'), subject: header('Subject'), text };
}

/** The first link of a mail that leads to a page of the subject's. */
export function linkIn({ text }: DemoMail, page: 'verify' | 'package'): string | undefined {
  return new RegExp(`https?://[^\\s"<>]+/subject/${page}/[^\\s"<>]+`).exec(text)?.[0];
}
