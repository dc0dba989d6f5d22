import { request } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from './address-guard.ts';
import { callbackUrlFault } from './url-guard.ts';

/** All addresses of a host name, as the operating system's or another resolver answers. */
type ResolveHost = (hostname: string) => Promise<readonly string[]>;

type PostOutcome =
  | { kind: 'answered'; status: number }
  /** The URL, or an address behind its name, may not be called. */
  | { kind: 'forbidden'; code: string }
  | { kind: 'failed'; code: string };

export interface PinnedPostOptions {
  resolve: ResolveHost;
  /** How long one call may last in all. In milliseconds. @default 10,000 */
  timeout?: number;
  /** @default only ordinary public addresses, see address-guard.ts */
  mayConnectTo?: (address: string) => boolean;
  /** @default 443 */
  port?: number;
  /** Further certificate authorities, PEM. @default those that Node trusts */
  ca?: readonly string[];
}

/** Posts a body to a URL that a stranger has named. */
export type PinnedPost = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
) => Promise<PostOutcome>;

/** Longest reply read before the connection is cut; what it says is of no interest. In bytes. */
const REPLY_LIMIT = 16 * 1024;

/**
 * Posts without ever reaching into our own network: the name is resolved once, every address behind
 * it must be public, and the connection goes to the very address that was checked, so that a name
 * that answers differently the second time gains nothing. Redirects are not followed.
 */
export function pinnedPost(options: PinnedPostOptions): PinnedPost {
  const { resolve, timeout = 10_000, mayConnectTo = isPublicAddress } = options;
  return async (text, headers, body) => {
    const fault = callbackUrlFault(text);
    if (fault !== undefined) return { kind: 'forbidden', code: `url-${fault}` };
    const url = new URL(text);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    let addresses: readonly string[];
    try {
      addresses = await resolve(hostname);
    } catch {
      return { kind: 'failed', code: 'name-not-resolved' };
    }
    const [address] = addresses;
    if (address === undefined) return { kind: 'failed', code: 'name-not-resolved' };
    if (!addresses.every(mayConnectTo)) return { kind: 'forbidden', code: 'address' };
    return send(url, hostname, address, headers, body, { ...options, timeout });
  };
}

function send(
  url: URL,
  hostname: string,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  { timeout, port = 443, ca }: PinnedPostOptions & { timeout: number },
): Promise<PostOutcome> {
  return new Promise((settle) => {
    const call = request(
      {
        method: 'POST',
        // The address stands where the name would: nothing is looked up again.
        host: address,
        port,
        // TLS names are for names; an address in the URL is checked against the certificate as such.
        servername: isIP(hostname) === 0 ? hostname : '',
        path: url.pathname + url.search,
        headers: { ...headers, host: url.host, 'content-length': body.byteLength },
        agent: false,
        signal: AbortSignal.timeout(timeout),
        ...(ca && { ca: [...ca] }),
      },
      (reply) => {
        let size = 0;
        reply.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > REPLY_LIMIT) reply.destroy();
        });
        reply.on('error', () => undefined);
        reply.on('close', () => settle({ kind: 'answered', status: reply.statusCode ?? 0 }));
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      settle({
        kind: 'failed',
        code: error.name === 'AbortError' ? 'timeout' : (error.code ?? 'connection'),
      });
    });
    call.end(body);
  });
}
