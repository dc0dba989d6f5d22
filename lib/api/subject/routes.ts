import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import { pickLanguage } from '../../core/notices/language.ts';
import { printDate } from '../../core/notices/print-date.ts';
import { openLink, type LinkPurpose } from '../../core/notices/subject-links.ts';
import type { Refusal } from '../../core/requests/model/decision.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import type { Desk } from '../desk.ts';
import { route, type Reply, type ReplyShape, type Route } from '../http/route.ts';
import { requestId } from '../opendsr/schemas.ts';
import { openDsrStatus } from '../opendsr/status.ts';
import { pageReply } from './page.ts';
import { PAGE_TEXTS } from './texts.ts';

/** A package as it reaches the data subject: in the answer itself, or for minutes at this URL. */
type OpenedPackage = ReadableStream<Uint8Array> | { readonly location: string };

/** Opens an access package that lies sealed in the object store; undefined when it is gone. */
export type OpenPackage = (dsrId: string, reference: string) => Promise<OpenedPackage | undefined>;

export interface SubjectPages {
  desk: Desk;
  linkKey: Uint8Array;
  clock: Clock;
  openPackage: OpenPackage;
}

const tag = 'Data subject';
const open = { kind: 'open' } as const;
const HTML = 'text/html; charset=utf-8';
const ZIP = 'application/zip';
const page = (description: string): ReplyShape => ({ description, mediaType: HTML });
const REFUSED = {
  403: page('The link is not valid, or locked'),
  410: page('The link has expired'),
};
const verifyParams = z.object({ id: requestId, token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
const linkParams = z.object({ link: z.string().max(120) });

/**
 * The data subject's own pages. A GET never changes anything: mail scanners open every link before
 * its reader does. What the reader wants is done by the button, a POST.
 */
export function subjectRoutes({ desk, linkKey, clock, openPackage }: SubjectPages): Route[] {
  /** The request that a link opens, or the page that says why not. */
  const follow = async (purpose: LinkPurpose, link: string, headers: Headers) => {
    const opened = openLink(linkKey, purpose, link, clock.now());
    if (opened.kind === 'invalid') return { reply: refusal('wrong-token', headers) };
    if (opened.kind === 'expired') return { reply: refusal('token-expired', headers) };
    const request = await desk.load(opened.dsrId);
    return request === undefined ? { reply: refusal('not-found', headers) } : { request };
  };

  const download = async (
    link: string,
    headers: Headers,
    elsewhere: (location: string, request: DsrRequest) => Reply,
  ): Promise<Reply> => {
    const { request, reply } = await follow('package', link, headers);
    if (request === undefined) return reply;
    const { package: lies } = request;
    if (lies === undefined || lies.expiresAt <= clock.now()) {
      return refusal('token-expired', headers);
    }
    const stream = await openPackage(request.dsrId, lies.reference);
    if (stream === undefined) return refusal('token-expired', headers);
    if ('location' in stream) return elsewhere(stream.location, request);
    return {
      status: 200,
      headers: { 'content-disposition': 'attachment; filename="my-data.zip"' },
      body: { kind: 'stream', mediaType: ZIP, stream },
    };
  };

  return [
    route({
      method: 'get',
      path: '/subject/verify/{id}/{token}',
      operationId: 'showConfirmation',
      summary: 'A page with a button that confirms the request',
      tag,
      access: open,
      params: verifyParams,
      replies: { 200: page('The page; nothing is looked up yet') },
      handle: ({ headers }) => {
        const { language, texts } = inLanguage(headers);
        return Promise.resolve(
          pageReply(200, {
            language,
            title: texts.confirmTitle,
            paragraphs: [texts.confirmText],
            button: texts.confirmButton,
          }),
        );
      },
    }),
    route({
      method: 'post',
      path: '/subject/verify/{id}/{token}',
      operationId: 'confirmIdentity',
      summary: 'Confirms that the data subject made the request; works once',
      tag,
      access: open,
      params: verifyParams,
      replies: {
        200: page('Confirmed'),
        ...REFUSED,
        409: page('Confirmed already'),
        503: page('Not now'),
      },
      handle: async ({ params: { id, token }, headers }) => {
        const outcome = await desk.confirmIdentity(id, token);
        if (outcome.kind === 'refused') return refusal(outcome.refusal.code, headers);
        const { language, texts } = inLanguage(headers);
        return pageReply(200, {
          language,
          title: texts.confirmedTitle,
          paragraphs: [texts.confirmedText],
        });
      },
    }),
    route({
      method: 'get',
      path: '/subject/status/{link}',
      operationId: 'showStatus',
      summary: 'How far the request is, for the data subject',
      tag,
      access: open,
      params: linkParams,
      replies: { 200: page('The status'), ...REFUSED },
      handle: async ({ params: { link }, headers }) => {
        const { request, reply } = await follow('status', link, headers);
        if (request === undefined) return reply;
        const language = pickLanguage(request.language);
        const texts = PAGE_TEXTS[language];
        const status = openDsrStatus(request.lifecycle);
        return pageReply(200, {
          language,
          title: texts.statusTitle,
          paragraphs: [],
          facts: [
            [texts.state, texts.states[status === 'cancelled' ? 'ended' : status]],
            [texts.reference, request.dsrId],
            [texts.received, printDate(language, request.receivedAt)],
            [texts.due, printDate(language, Date.parse(request.clock.due))],
          ],
        });
      },
    }),
    route({
      method: 'get',
      path: '/subject/package/{link}',
      operationId: 'showPackage',
      summary:
        'A page with a button that downloads the data; the zip itself for Accept: application/zip',
      tag,
      access: open,
      params: linkParams,
      replies: {
        200: page('The page'),
        303: { description: 'The zip itself was asked for, and lies elsewhere for some minutes' },
        ...REFUSED,
      },
      handle: async ({ params: { link }, headers }) => {
        // A controller's program says what it wants; a mail scanner never asks for a zip.
        if (/\bapplication\/zip\b/.test(headers.get('accept') ?? ''))
          return download(link, headers, redirection);
        const { request, reply } = await follow('package', link, headers);
        if (request === undefined) return reply;
        const language = pickLanguage(request.language);
        const texts = PAGE_TEXTS[language];
        return pageReply(200, {
          language,
          title: texts.packageTitle,
          paragraphs: [texts.packageText],
          button: texts.packageButton,
        });
      },
    }),
    route({
      method: 'post',
      path: '/subject/package/{link}',
      operationId: 'downloadPackage',
      summary: "The data subject's data: a zip with JSON, CSV and a readable page",
      tag,
      access: open,
      params: linkParams,
      replies: {
        200: {
          description: 'The zip file, streamed; a page with a link to it where it is large',
          mediaType: ZIP,
        },
        ...REFUSED,
      },
      handle: ({ params: { link }, headers }) => download(link, headers, linkPage),
    }),
  ];
}

/** For programs, which follow. */
function redirection(location: string): Reply {
  return { status: 303, headers: { location } };
}

/** For people: a browser would not follow a form's answer to another host under our page policy. */
function linkPage(location: string, request: DsrRequest): Reply {
  const language = pickLanguage(request.language);
  const texts = PAGE_TEXTS[language];
  return pageReply(200, {
    language,
    title: texts.packageTitle,
    paragraphs: [],
    link: { href: location, text: texts.packageButton },
  });
}

/** A request that does not exist and a link that is not valid look the same. */
function refusal(code: Refusal['code'], headers: Headers): Reply {
  const { language, texts } = inLanguage(headers);
  const [status, text] = {
    expired: [410, texts.expiredText] as const,
    locked: [403, texts.lockedText] as const,
    already: [409, texts.alreadyText] as const,
    busy: [503, texts.busyText] as const,
    invalid: [403, texts.invalidText] as const,
  }[cause(code)];
  return pageReply(status, { language, title: texts.refusedTitle, paragraphs: [text] });
}

function cause(code: Refusal['code']): 'expired' | 'locked' | 'already' | 'busy' | 'invalid' {
  if (code === 'token-expired') return 'expired';
  if (code === 'locked') return 'locked';
  if (code === 'busy') return 'busy';
  if (code === 'not-found' || code === 'wrong-token') return 'invalid';
  return 'already';
}

function inLanguage(headers: Headers) {
  const language = pickLanguage(headers.get('accept-language') ?? undefined);
  return { language, texts: PAGE_TEXTS[language] };
}
