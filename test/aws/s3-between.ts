import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one request on its way to the stand-in. */
export interface Meddling {
  /** Before it is passed on; `drop` passes on nothing. */
  before?: (asked: IncomingMessage, nth: number) => Fault | 'drop' | undefined;
  /** After it had its effect, in the place of the answer. */
  after?: (asked: IncomingMessage, nth: number) => Fault | 'drop' | undefined;
}

/** An error as S3 answers it. */
export interface Fault {
  status: number;
  code: string;
}

/** Stands between a client and the stand-in for S3, and counts. */
export interface Between {
  readonly endpoint: string;
  /** Requests so far. */
  readonly count: () => number;
  close(): Promise<void>;
}

export async function standBetween(target: string, meddling: Meddling = {}): Promise<Between> {
  let count = 0;
  const server = createServer((asked, answer) => {
    const nth = count++;
    const fault = meddling.before?.(asked, nth);
    if (fault !== undefined) {
      asked.resume();
      asked.on('end', () => refuse(answer, fault));
      return;
    }
    const headers = { ...asked.headers };
    // Answered here already.
    delete headers.expect;
    const { method, url } = asked;
    const passed = request(new URL(url!, target), { method, headers }, (got) => {
      const late = meddling.after?.(asked, nth);
      if (late === undefined) {
        answer.writeHead(got.statusCode!, got.headers);
        got.pipe(answer);
      } else {
        got.resume();
        got.on('end', () => refuse(answer, late));
      }
    });
    passed.on('error', () => answer.destroy());
    answer.on('error', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function refuse(answer: ServerResponse, fault: Fault | 'drop'): void {
  if (fault === 'drop') {
    answer.destroy();
    return;
  }
  const { status, code } = fault;
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>scripted</Message></Error>`);
}
