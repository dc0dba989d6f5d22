import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Authorise } from './https-post.ts';

/** Credentials, or who provides them. */
export type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials'];

export interface SigV4Options {
  /** Whose endpoint it is: `execute-api`, `lambda`, `vpc-lattice-svcs`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Signs calls with the caller's role (AWS Signature Version 4). */
export function sigV4({ service, region, credentials }: SigV4Options): Authorise {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  return async (url, headers, body) => {
    const signed = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      query: {},
      headers: { ...headers, host: url.host },
      body,
    });
    return signed.headers;
  };
}

/** Sends a bearer token, asked for at every call: a changed secret needs no restart. */
export function bearerToken(readToken: () => Promise<string>): Authorise {
  return async (_url, headers) => ({ ...headers, authorization: `Bearer ${await readToken()}` });
}
