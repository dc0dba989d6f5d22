import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readS3Request, type S3Answer } from './s3-protocol.ts';

/** A call that a function made through the SDK. */
export interface AwsCall {
  /** The service as it is signed for, such as `kinesis`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The status of the answer, where it was S3's. */
  status?: number;
}

/** What the service answers, by `service:Operation`. */
export type Answers = Readonly<
  Record<string, (input: Readonly<Record<string, unknown>>) => unknown>
>;

export interface AwsStandIn {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly calls: readonly AwsCall[];
  /** Calls that nobody told it to answer, or that no AWS would take; the function got an error. */
  readonly unanswered: readonly AwsCall[];
  close(): Promise<void>;
}

/**
 * Listens where AWS would and notes what it is asked. Speaks AWS JSON 1.0 and 1.1, S3's REST, the query
 * protocol of SNS and Redshift, SES's REST, and what function URLs take.
 */
export async function startAwsStandIn(answers: Answers): Promise<AwsStandIn> {
  const calls: AwsCall[] = [];
  const unanswered: AwsCall[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = readCall(request, await buffer(request));
    calls.push(call);
    const answer = answers[`${call.service}:${call.operation}`];
    if (answer === undefined) unanswered.push(call);
    if (call.service === 's3') {
      const { status = 200, headers = {}, body } = (answer?.(call.input) ?? DENIED) as S3Answer;
      call.status = status;
      response.writeHead(status, { ...headers });
      response.end(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
      return;
    }
    const answered = await answer?.(call.input);
    // An answer with a type is an error.
    const isError = typeof answered === 'object' && answered !== null && '__type' in answered;
    const isXml = typeof answered === 'string';
    const isXmlError = isXml && answered.startsWith('<ErrorResponse');
    const status = answer === undefined || isError || isXmlError ? 400 : 200;
    response.writeHead(status, {
      'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1',
    });
    response.end(
      isXml
        ? answered
        : JSON.stringify(answered ?? { __type: 'AccessDeniedException', message: 'No' }),
    );
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      unanswered.push({
        service: 'stand-in',
        operation: 'failed',
        input: { error: String(error) },
      });
      response.writeHead(400).end('{"__type":"ValidationException"}');
    });
  };

  const server = createServer(onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    unanswered,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const DENIED: S3Answer = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };

function readCall({ method = '', url = '', headers }: IncomingMessage, bytes: Buffer): AwsCall {
  const body = bytes.toString();
  // Signature 4: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …
  const service = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(
    headers.authorization ?? '',
  )?.[1];
  // As lambda-process.js sends what was meant for a host of its own.
  const host = headers['x-wiring-host'];
  if (service === 'lambda' && host !== undefined) {
    return { service, operation: 'InvokeFunctionUrl', input: { host, path: url, body } };
  }
  if (host?.toString().startsWith('cognito-idp.') === true) {
    return { service: 'cognito-idp', operation: 'GetJwks', input: {} };
  }
  // Source: API reference, Invoke: POST /2015-03-31/functions/<name>/invocations.
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url)?.[1];
  if (service === 'lambda' && invoked !== undefined) {
    const FunctionName = decodeURIComponent(invoked);
    return { service, operation: 'Invoke', input: { FunctionName, Payload: body } };
  }
  if (service === 'sns' || service === 'redshift') {
    const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(body));
    return { service, operation: Action, input };
  }
  if (service === 'ses' && url.startsWith('/v2/email/outbound-emails')) {
    const input = JSON.parse(body) as Record<string, unknown>;
    return { service, operation: 'SendEmail', input };
  }
  // Objects are bytes, each a sign of its own here.
  if (service === 's3') {
    return { service, ...readS3Request(method, url, headers, bytes.toString('latin1')) };
  }
  const operation = String(headers['x-amz-target']).split('.')[1];
  if (service === undefined || operation === undefined) {
    throw new Error(`Teach the stand-in how to read ${method} ${url} of ${String(service)}`);
  }
  return { service, operation, input: JSON.parse(body) as Record<string, unknown> };
}
