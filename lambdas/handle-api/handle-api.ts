import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import type { ApiLog } from '../../lib/api/http/answer.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { readGatewayEvent, REFUSED } from './gateway-event.ts';

export interface HandleApiContext {
  app: Hono;
  /** Where the API begins; see {@link readGatewayEvent}. */
  baseUrl: string;
  log: Log;
  meter: Meter;
}

/** Bodies that go out as text; everything else as base64. */
const TEXT = /^(text\/|application\/(json|x-pem-file)\b)|\+json\b/;

/**
 * The API behind a REST API of API Gateway, which hands over every call as it is.
 * Where a call comes from is what API Gateway itself saw, never what a header says.
 */
export function handleApi({
  app,
  baseUrl,
  log,
  meter,
}: HandleApiContext): (event: unknown) => Promise<APIGatewayProxyResult> {
  const basePath = new URL(baseUrl).pathname.replace(/\/$/, '');
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the package named in its place is not published yet
  const answer = handle(app, { isContentTypeBinary: (type) => !TEXT.test(type) });
  return async (event) => {
    const call = readGatewayEvent(event, basePath);
    if (call === undefined) {
      log.warn('A call was refused unread', { statusCode: REFUSED.statusCode });
      return REFUSED;
    }
    try {
      return await answer(call as never);
    } finally {
      meter.publish();
    }
  };
}

/** The API's log as lines of ours: names of operations and classes of errors, nothing of a call. */
export function apiLog(log: Log, meter: Meter): ApiLog {
  return {
    answered: ({ operationId, status, caller }) =>
      log.info('Call answered', { operationId, statusCode: status, caller }),
    failed: ({ operationId, errorName }) => {
      log.warn('A call failed', { operationId, errorName });
      meter.add('ApiFaults', 1);
    },
  };
}
