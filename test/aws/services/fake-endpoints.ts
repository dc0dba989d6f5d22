import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCall } from '../../../lib/sample-services/answer-call.ts';
import type { ServiceDependencies } from '../../../lib/sample-services/find-records.ts';
import type { SampleService } from '../../../lib/sample-services/sample-service.ts';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'test-secret' };

/** What lets a call in. Gets the body as it came. */
export type MayCall = (request: IncomingMessage, body: string) => Promise<boolean>;

/** A sample service behind HTTP, as a service owner would run it. */
export async function serveOverHttp(
  service: SampleService,
  deps: ServiceDependencies,
  mayCall: MayCall,
): Promise<{ server: Server; url: string }> {
  return listen((request, body) =>
    mayCall(request, body).then(async (may) => {
      if (!may) return { status: 403, body: { error: { code: 'forbidden' } } };
      const { method = '', url: path = '' } = request;
      return answerCall(service, deps, { method, path, body: parse(body) });
    }),
  );
}

/** Signs the call once more with the key that IAM would look up, and compares. */
export const isSignedByUs: MayCall = async ({ headers, method = '', url = '' }, body) => {
  const date = String(headers['x-amz-date']);
  const signer = new SignatureV4({
    ...{ service: 'execute-api', region: 'eu-west-1', credentials, sha256: Sha256 },
  });
  const [hostname = '', port] = String(headers.host).split(':');
  const signed = await signer.sign(
    {
      ...{ method, protocol: 'http:', hostname, path: url, query: {}, body },
      ...{ port: Number(port) },
      headers: {
        'content-type': String(headers['content-type']),
        host: String(headers.host),
      },
    },
    { signingDate: new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')) },
  );
  return signed.headers['authorization'] === headers.authorization;
};

export function carriesToken(token: string): MayCall {
  return ({ headers }) => Promise.resolve(headers.authorization === `Bearer ${token}`);
}

/** Lambda's Invoke call as documented, in front of a function that is given here. */
export async function serveLambda(
  invoke: (payload: unknown) => Promise<unknown>,
): Promise<{ server: Server; url: string }> {
  return listen(async (request, body) => {
    if (!/^\/2015-03-31\/functions\/.+\/invocations$/.test(request.url ?? '')) {
      return { status: 404, body: {} };
    }
    try {
      return { status: 200, body: await invoke(parse(body)) };
    } catch {
      const headers = { 'x-amz-function-error': 'Unhandled' };
      return { status: 200, headers, body: { errorMessage: 'CANARY-PERSON' } };
    }
  });
}

interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export async function listen(
  answer: (request: IncomingMessage, body: string) => Promise<Answer>,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request, Buffer.concat(chunks).toString()).then(({ status, body, headers }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
