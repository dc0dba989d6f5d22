import { CALL_TIMEOUT, REPLY_LIMIT } from '../../core/services/protocol.ts';
import type { ServicePost } from '../../core/services/service-client.ts';
import { ServiceWireError } from '../../core/services/service-ports.ts';

/** Adds what proves who calls. Gets what is sent, byte for byte. */
export type Authorise = (
  url: URL,
  headers: Record<string, string>,
  body: string,
) => Promise<Record<string, string>>;

export interface HttpsPostOptions {
  /** Everything before `/dsr`. */
  readonly baseUrl: string;
  readonly authorise: Authorise;
  /** How long one call may last, ms. @default {@link CALL_TIMEOUT} */
  readonly timeout?: number;
}

/**
 * The protocol's wire over HTTPS. Follows no redirect, which would carry the subject's identities to
 * whoever is named there, and reads no more of a reply than the protocol allows.
 */
export function httpsPost({
  baseUrl,
  authorise,
  timeout = CALL_TIMEOUT,
}: HttpsPostOptions): ServicePost {
  return async (path, content) => {
    const url = new URL(baseUrl.replace(/\/+$/, '') + path);
    const body = JSON.stringify(content);
    const headers = await authorise(url, { 'content-type': 'application/json' }, body);
    try {
      const reply = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
        headers,
        body,
      });
      return { status: reply.status, body: parseJson(await readLimited(reply)) };
    } catch (error) {
      if (error instanceof ServiceWireError) throw error;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw new ServiceWireError(isLate ? 'timeout' : 'unreachable', error);
    }
  };
}

async function readLimited({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body === null) return Buffer.alloc(0);
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cuts the connection.
    if (size > REPLY_LIMIT) throw new ServiceWireError('reply-too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Undefined for what is no JSON: a reply that the protocol's schema refuses. */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
