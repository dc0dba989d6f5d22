import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer/index.js';

export interface Message {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  /** Ms since the epoch. */
  readonly at: number;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly language?: string;
}

/** A mail as it would go over the wire (RFC 5322, MIME). The dedupe key names it. */
export async function composeMessage(message: Message, dedupeKey: string): Promise<Buffer> {
  const { from, to, at, subject, text, html, language } = message;
  const id = createHash('sha256').update(dedupeKey).digest('hex').slice(0, 32);
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  return new MailComposer({
    from: { ...from },
    // An address object is never parsed as a list.
    to: { name: '', address: to },
    subject,
    text,
    ...(html !== undefined && { html }),
    date: new Date(at),
    messageId: `<${id}@${domain}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(language !== undefined && { 'Content-Language': language }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}
