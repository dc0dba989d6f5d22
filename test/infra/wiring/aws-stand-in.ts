import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call that a function made through the SDK. */
export interface AwsCall {
  /** The service as it is signed for, such as `kinesis`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the service answers, by `service:Operation`. */
export type Answers = Readonly<
  Record<string, (input: Readonly<Record<string, unknown>>) => unknown>
>;

export interface AwsStandIn {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly calls: readonly AwsCall[];
  /** Calls that nobody told it to answer; the function got an AccessDeniedException. */
  readonly unanswered: readonly AwsCall[];
  close(): Promise<void>;
}

/** Listens where AWS would and notes what it is asked. Speaks AWS JSON 1.0 and 1.1. */
export async function startAwsStandIn(answers: Answers): Promise<AwsStandIn> {
  const calls: AwsCall[] = [];
  const unanswered: AwsCall[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = readCall(request.headers, await text(request));
    calls.push(call);
    const answer = answers[`${call.service}:${call.operation}`];
    if (answer === undefined) unanswered.push(call);
    const status = answer === undefined ? 400 : 200;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(answer?.(call.input) ?? { __type: 'AccessDeniedException', message: 'No' }),
    );
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
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

function readCall(headers: IncomingMessage['headers'], body: string): AwsCall {
  // Signature 4: AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, …
  const service = /Credential=[^/]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(
    headers.authorization ?? '',
  )?.[1];
  const operation = String(headers['x-amz-target']).split('.')[1];
  if (service === undefined || operation === undefined) {
    throw new Error('The stand-in knows the AWS JSON protocols only: teach it this one');
  }
  return { service, operation, input: JSON.parse(body) as Record<string, unknown> };
}
