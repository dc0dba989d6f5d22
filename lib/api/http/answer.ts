import type { Clock } from '../../core/ports/clock.ts';
import { authenticate, type Authentication } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import { signedHeaders } from '../opendsr/signed-headers.ts';
import type { Processor } from '../opendsr/processor.ts';
import { ApiFault, errorBody } from './faults.ts';
import type { RateLimitStore, RateRule } from '../../core/rate-limits/token-bucket.ts';
import { readJson } from './read-body.ts';
import type { Reply, Route } from './route.ts';

/** What is told of a call: names of ours only; no path, no address, no message of an error. */
export interface ApiLog {
  /** A call was answered. */
  answered(entry: { operationId: string; status: number; caller: Caller['kind'] }): void;
  /** A fault of ours. `errorName` is the error's class. */
  failed(entry: { operationId: string; errorName: string }): void;
}

/** What the adapter below (Lambda, Node) knows of a call. */
export interface Connection {
  /** Where the call comes from. */
  address?: string | undefined;
  /** IAM principal (ARN) that API Gateway has verified. */
  principal?: string | undefined;
}

export interface AnswerContext {
  authentication: Authentication;
  processor: Pick<Processor, 'domain' | 'signer'>;
  clock: Clock;
  log: ApiLog;
  rateLimits: RateLimitStore;
  rates: { byAddress: RateRule; byCaller: RateRule };
}

/** Source: OWASP secure headers project; the API serves nothing that a browser should keep or embed. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Answers one call of a route, whatever it holds and whatever goes wrong. */
export async function answer(
  context: AnswerContext,
  route: Route,
  request: Request,
  params: Readonly<Record<string, string>>,
  connection: Connection,
): Promise<Response> {
  const { operationId } = route;
  let caller: Caller = { kind: 'anonymous' };
  try {
    const now = context.clock.now();
    await limit(context, `address:${connection.address ?? 'unknown'}`, 'byAddress', now);
    const { authentication } = context;
    const { headers } = request;
    caller = await authenticate(authentication, route.access, headers, connection.principal, now);
    if (caller.kind !== 'anonymous') {
      const who = caller.kind === 'agent' ? caller.agentId : caller.id;
      await limit(context, `${caller.kind}:${who}`, 'byCaller', now);
    }
    const reply = await route.answer({
      params,
      query: new URL(request.url).searchParams,
      readJson: () => readJson(request),
      headers,
      caller,
    });
    context.log.answered({ operationId, status: reply.status, caller: caller.kind });
    return await toResponse(context, reply);
  } catch (error) {
    if (error instanceof ApiFault) {
      context.log.answered({ operationId, status: error.status, caller: caller.kind });
      return fault(error);
    }
    context.log.failed({ operationId, errorName: error instanceof Error ? error.name : 'unknown' });
    return fault(
      new ApiFault(500, {
        domain: 'Server',
        reason: 'fault',
        message: 'something went wrong on our side; the request may be repeated',
      }),
    );
  }
}

async function limit(
  { rateLimits, rates }: AnswerContext,
  key: string,
  rule: 'byAddress' | 'byCaller',
  now: number,
): Promise<void> {
  const outcome = await rateLimits.take(key, rates[rule], now);
  if (outcome.ok) return;
  throw new ApiFault(
    429,
    { domain: 'Request', reason: 'too-many-calls', message: 'too many calls; come again later' },
    { 'retry-after': String(outcome.retryAfterSeconds) },
  );
}

async function toResponse(context: AnswerContext, reply: Reply): Promise<Response> {
  const { body } = reply;
  const headers: Record<string, string> = { ...SECURITY_HEADERS, ...reply.headers };
  if (body === undefined) return new Response(null, { status: reply.status, headers });
  if (body.kind === 'stream') {
    headers['content-type'] = body.mediaType;
    return new Response(body.stream, { status: reply.status, headers });
  }
  headers['content-type'] = body.kind === 'json' ? 'application/json' : body.mediaType;
  const bytes = Buffer.from(body.kind === 'json' ? JSON.stringify(body.value) : body.text);
  if (reply.signed === true) Object.assign(headers, await signedHeaders(context.processor, bytes));
  return new Response(bytes, { status: reply.status, headers });
}

function fault({ status, faults, headers }: ApiFault): Response {
  return Response.json(errorBody(status, faults), {
    status,
    headers: { ...SECURITY_HEADERS, ...headers },
  });
}
