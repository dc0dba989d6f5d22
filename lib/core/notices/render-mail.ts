import type { Notice } from '../ports/notifier.ts';
import { escapeHtml } from './escape-html.ts';
import { pickLanguage, type Language } from './language.ts';
import { printDate } from './print-date.ts';
import { identityUrl, packageUrl, STATUS_LINK_LIFETIME, statusUrl, type Site } from './site.ts';
import {
  SUBJECT_NOTICES,
  TOLD_REASONS,
  type NoticeFill,
  type NoticeTexts,
} from './subject-notice.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { fr } from './texts/fr.ts';

const TEXTS: Readonly<Record<Language, NoticeTexts>> = { en, de, fr };

/** A mail without its recipient. */
export interface Mail {
  language: Language;
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

interface Link {
  label: string;
  url: string;
}

/**
 * Writes a notice to the data subject. It names the kind of request, days and links; nothing that
 * was found about the person, not even their name.
 * @param now ms since the epoch
 * @returns undefined for a notice that is not meant for data subjects
 */
export function renderMail(site: Site, notice: Notice, now: number): Mail | undefined {
  const name = SUBJECT_NOTICES.find((known) => known === notice.name);
  if (name === undefined) return undefined;
  const language = pickLanguage(notice.language);
  const texts = TEXTS[language];
  const fill = fillOf(site, notice, language, texts);
  const { subject, paragraphs, action } = texts.notices[name](fill, texts.types[notice.type]);
  const links = linksOf(site, notice, texts, action, now);
  const reference = `${texts.reference}: ${notice.dsrId}`;
  return {
    language,
    subject,
    text:
      [
        ...paragraphs,
        ...links.map(({ label, url }) => `${label}:\n${url}`),
        `${reference}\n${site.organisation}`,
      ].join('\n\n') + '\n',
    html: renderHtml(language, subject, paragraphs, links, [reference, site.organisation]),
  };
}

function fillOf(site: Site, notice: Notice, language: Language, texts: NoticeTexts): NoticeFill {
  const { facts } = notice;
  const told = TOLD_REASONS.find((code) => code === facts['reason']);
  const until = facts['packageExpiresAt'];
  const due = typeof facts['due'] === 'string' ? Date.parse(facts['due']) : NaN;
  return {
    organisation: site.organisation,
    ...(!Number.isNaN(due) && { due: printDate(language, due) }),
    ...(told !== undefined && { reason: texts.reasons[told] }),
    ...(typeof until === 'number' && { packageUntil: printDate(language, until) }),
  };
}

function linksOf(
  site: Site,
  { facts, dsrId }: Notice,
  texts: NoticeTexts,
  action: string | undefined,
  now: number,
): Link[] {
  const { token, packageExpiresAt: until } = facts;
  // Before the subject has confirmed, there is one thing to do, and no status to see.
  if (action !== undefined)
    return [{ label: action, url: identityUrl(site, dsrId, String(token)) }];
  const status = {
    label: texts.statusAction,
    url: statusUrl(site, dsrId, now + STATUS_LINK_LIFETIME),
  };
  if (typeof until !== 'number') return [status];
  return [{ label: texts.packageAction, url: packageUrl(site, dsrId, until) }, status];
}

function renderHtml(
  language: Language,
  title: string,
  paragraphs: readonly string[],
  links: readonly Link[],
  footer: readonly string[],
): string {
  const lines = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`);
  const anchors = links.map(
    ({ label, url }) => `<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`,
  );
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<title>${escapeHtml(title)}</title></head>` +
    `<body style="font:16px/1.5 sans-serif;max-width:40em">${lines.join('')}${anchors.join('')}` +
    `<p style="color:#555">${footer.map(escapeHtml).join('<br>')}</p></body></html>\n`
  );
}
