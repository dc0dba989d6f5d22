import type { Notice } from '../ports/notifier.ts';

/** A notice for programs and administrators' chat rooms, as it goes to the topic. */
interface SystemNotice {
  format: 'lethe-notice/1';
  name: Notice['name'];
  audience: 'administrators' | 'systems';
  DSR_ID: string;
  type: Notice['type'];
  /** Codes, dates and numbers. */
  facts: Notice['facts'];
}

/** Longest subject that SNS takes, in ASCII characters. Source: Amazon SNS API reference, Publish. */
const MAX_SUBJECT = 100;

/**
 * Writes a notice to the topic: its JSON, a subject line for mail subscribers, and attributes to
 * filter subscriptions by. A data subject's notice has no place there.
 */
export function renderSystemNotice(
  notice: Notice,
): { subject: string; message: string; attributes: Record<string, string> } | undefined {
  const { name, audience, dsrId, type, facts } = notice;
  if (audience === 'subject') return undefined;
  const body: SystemNotice = {
    format: 'lethe-notice/1',
    name,
    audience,
    DSR_ID: dsrId,
    type,
    facts,
  };
  return {
    subject: `Lethe: ${name} (${type} ${dsrId})`.slice(0, MAX_SUBJECT),
    message: JSON.stringify(body),
    attributes: { name, audience, type },
  };
}
