import { createHash } from 'node:crypto';
import { escapeHtml } from '../../core/notices/escape-html.ts';
import type { Language } from '../../core/notices/language.ts';
import type { Reply } from '../http/route.ts';

const STYLE =
  'body{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;' +
  'color:#1a1a1a;background:#fff}button{font:inherit;padding:.75rem 1.5rem;border:0;' +
  'border-radius:.25rem;background:#0b5394;color:#fff;cursor:pointer}' +
  'button:focus-visible{outline:3px solid #ffbf47}dt{font-weight:600}dd{margin:0 0 1rem}';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** No script, nothing from elsewhere, not to be framed, the one style sheet by its hash. */
const PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; ` +
  `base-uri 'none'; frame-ancestors 'none'`;

/** One page of the data subject's: plain, readable aloud, without script. */
export interface Page {
  language: Language;
  title: string;
  paragraphs: readonly string[];
  facts?: readonly (readonly [term: string, definition: string])[];
  /** A form without fields that posts back to the page's own address. */
  button?: string;
  /** Leads elsewhere. */
  link?: { readonly href: string; readonly text: string };
}

export function pageReply(status: number, page: Page): Reply {
  return {
    status,
    headers: { 'content-security-policy': PAGE_POLICY, 'content-language': page.language },
    body: { kind: 'text', mediaType: 'text/html; charset=utf-8', text: renderPage(page) },
  };
}

function renderPage({ language, title, paragraphs, facts = [], button, link }: Page): string {
  const text = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('');
  const rows = facts.map(
    ([term, definition]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(definition)}</dd>`,
  );
  const list = rows.length === 0 ? '' : `<dl>${rows.join('')}</dl>`;
  const form =
    button === undefined
      ? ''
      : `<form method="post"><button type="submit">${escapeHtml(button)}</button></form>`;
  const anchor =
    link === undefined
      ? ''
      : `<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>`;
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">` +
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${text}${list}${form}${anchor}</main></body></html>\n`
  );
}
