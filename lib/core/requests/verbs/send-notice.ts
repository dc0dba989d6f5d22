import { identityToken } from '../../identity/one-time-token.ts';
import { openDetails } from '../../identity/subject-boxes.ts';
import type { KeyOutcome } from '../../ports/key-vault.ts';
import type { NoticeOutcome, Notifier } from '../../ports/notifier.ts';
import type { NoticeMessage } from '../model/outbox-message.ts';
import type { DsrRequest } from '../model/request.ts';

/** Gives a notice its recipient and hands it to the notifier, under its dedupe key. */
export async function sendNotice(
  notifier: Notifier,
  request: DsrRequest,
  message: NoticeMessage,
  key: KeyOutcome,
): Promise<NoticeOutcome> {
  const { dsrId, type, language, subject } = request;
  const { notice: name, audience } = message;
  const common = { name, audience, language, dsrId, type, facts: message.facts };
  const dedupeKey = `${dsrId}/${message.seq}`;
  if (audience !== 'subject') return notifier.send(common, dedupeKey);

  if (key.kind !== 'key' || subject.details === undefined) {
    return { kind: 'undeliverable', code: `key-${key.kind}` };
  }
  const { contact } = openDetails(key.key, dsrId, subject.details);
  if (contact === undefined) return { kind: 'undeliverable', code: 'no-contact' };
  const token: Readonly<Record<string, string>> =
    name === 'verify-identity' ? { token: identityToken(key.key, dsrId) } : {};
  const link: Readonly<Record<string, number>> =
    request.package === undefined ? {} : { packageExpiresAt: request.package.expiresAt };
  return notifier.send(
    { ...common, facts: { ...message.facts, ...link, ...token }, address: contact.address },
    dedupeKey,
  );
}
