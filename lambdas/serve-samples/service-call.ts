import * as z from 'zod';

/** A call as it comes from another function: the protocol's words, nothing around them. */
const directCall = z.object({
  method: z.enum(['GET', 'POST']),
  path: z.string().startsWith('/').max(200),
  body: z.unknown().optional(),
});

/** A call by HTTPS through a function URL. Source: Lambda developer guide, "Function URL payloads". */
const urlCall = z.object({
  rawPath: z.string().startsWith('/').max(200),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
  requestContext: z.object({ http: z.object({ method: z.string().max(16) }) }),
});

/** The timer's: take away for good what nobody can ask back any more. */
const lapseCall = z.strictObject({ work: z.literal('lapse') });

export function isLapseCall(event: unknown): boolean {
  return lapseCall.safeParse(event).success;
}

export interface ServiceCallEvent {
  readonly carrier: 'function' | 'url';
  readonly method: string;
  readonly path: string;
  /** The parsed JSON; undefined when there is none, or it is none. */
  readonly body?: unknown;
}

/** Which call an event is; undefined for what is neither kind. */
export function readServiceCall(event: unknown): ServiceCallEvent | undefined {
  const byUrl = urlCall.safeParse(event);
  if (byUrl.success) {
    const { rawPath, body, isBase64Encoded, requestContext } = byUrl.data;
    const text =
      isBase64Encoded === true ? Buffer.from(body ?? '', 'base64').toString('utf8') : body;
    const { method } = requestContext.http;
    return { carrier: 'url', method, path: rawPath, body: parseJson(text) };
  }
  const direct = directCall.safeParse(event);
  return direct.success ? { carrier: 'function', ...direct.data } : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
