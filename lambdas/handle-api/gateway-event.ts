import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { errorBody } from '../../lib/api/http/faults.ts';

const PATH = /^\/[\x21-\x7e]*$/;
/** What HTTP lets a header hold; anything else would make Node's parser quote it in an error. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
// eslint-disable-next-line no-control-regex -- control characters are what is refused
const HEADER_VALUE = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;

const headers = z.record(
  z.string().regex(HEADER_NAME),
  z.array(z.string().regex(HEADER_VALUE)).nullish(),
);
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

/**
 * A call as API Gateway's REST APIs hand it to a function (payload 1.0).
 * Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration".
 */
const gatewayEvent = z
  .object({
    httpMethod: z.string().regex(/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/),
    path: z.string().max(4_096).regex(PATH),
    multiValueHeaders: headers.nullable(),
    multiValueQueryStringParameters: z.record(z.string(), z.array(z.string()).nullish()).nullish(),
    body: z.string().nullish(),
    isBase64Encoded: z.boolean(),
    requestContext: z.object({
      domainName: z.string().regex(/^[a-z0-9.-]{1,253}$/i),
      identity: z.object({
        sourceIp: z.string().nullish(),
        userArn: z.string().nullish(),
      }),
    }),
  })
  .refine(({ body, isBase64Encoded }) => !isBase64Encoded || base64.safeParse(body ?? '').success)
  // A GET with a body is no request to Node; it would be refused with an error that quotes the URL.
  .refine(({ httpMethod, body }) => !/^(GET|HEAD)$/.test(httpMethod) || (body ?? '') === '');

/**
 * Reads an event as far as Hono's adapter uses it, with the path as the API's routes know it.
 * @param basePath what the API's base URL has after the host: a stage behind API Gateway's own name
 * is not in the path of an event, a base path mapping of a domain of one's own is.
 * @returns undefined for what is no call, or one that HTTP does not allow.
 */
export function readGatewayEvent(
  event: unknown,
  basePath: string,
): APIGatewayProxyEvent | undefined {
  const parsed = gatewayEvent.safeParse(event);
  if (!parsed.success) return undefined;
  const { path } = parsed.data;
  const isBelow = basePath !== '' && (path === basePath || path.startsWith(`${basePath}/`));
  const route = isBelow ? path.slice(basePath.length) : path;
  const read = { ...parsed.data, path: route === '' ? '/' : route };
  if (!URL.canParse(`https://${read.requestContext.domainName}${read.path}`)) return undefined;
  return read as unknown as APIGatewayProxyEvent;
}

/** What no route ever sees is refused here, in the API's own words. */
export const REFUSED: APIGatewayProxyResult = {
  statusCode: 400,
  isBase64Encoded: false,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(
    errorBody(400, [
      {
        domain: 'Request',
        reason: 'malformed',
        message: 'the call is not one that HTTP allows',
      },
    ]),
  ),
};
