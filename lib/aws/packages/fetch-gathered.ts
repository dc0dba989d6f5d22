import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import {
  GatheredDataError,
  GatheredFetchError,
  type FetchGathered,
} from '../../core/ports/fetch-gathered.ts';

export interface FetchOptions {
  readonly s3: S3Client;
  /** Buckets into which services put data: nothing else of ours is read on a service's word. */
  readonly buckets: readonly string[];
  /** Hosts that services' https URLs may name, such as `data.shop.example`; `*.` before the name takes all below it. */
  readonly hosts: readonly string[];
  /** How long one fetch may last, ms. @default 5 minutes */
  readonly timeout?: number;
}

const TIMEOUT = 5 * 60 * 1_000;

/**
 * Fetches what a service has put aside: an object in one of the buckets, or an https URL at one of the
 * hosts. The location comes from a service, so it is held against both lists before anything is asked
 * for; no redirect is followed.
 */
export function fetchGatheredOnAws(options: FetchOptions): FetchGathered {
  return (location) => {
    const url = URL.canParse(location) ? new URL(location) : undefined;
    if (url?.protocol === 's3:') return fetchObject(options, url);
    if (url?.protocol === 'https:') return fetchUrl(options, url);
    throw new GatheredDataError('Gathered data lies neither in S3 nor behind https.');
  };
}

async function* fetchObject(
  { s3, buckets, timeout = TIMEOUT }: FetchOptions,
  url: URL,
): AsyncGenerator<Uint8Array> {
  const Bucket = url.hostname;
  if (!buckets.includes(Bucket)) {
    throw new GatheredDataError('Gathered data lies in a bucket that is not listed.');
  }
  const found = await s3
    .send(new GetObjectCommand({ Bucket, Key: keyIn(url) }), {
      abortSignal: AbortSignal.timeout(timeout),
    })
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NoSuchKey') throw gone();
      const code = error instanceof Error ? error.name : 'unknown';
      throw new GatheredFetchError(`Gathered data in S3 was answered with ${code}`, {
        cause: error,
      });
    });
  if (found.Body === undefined) throw gone();
  // In Node the SDK answers a Readable, which destroys its connection when its loop is left.
  yield* found.Body as Readable;
}

/** The URL's own escapes undone: a service writes a key as it writes any URL. */
function keyIn({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    throw new GatheredDataError('Gathered data has a location that can not be read.');
  }
}

async function* fetchUrl(
  { hosts, timeout = TIMEOUT }: FetchOptions,
  url: URL,
): AsyncGenerator<Uint8Array> {
  if (
    url.port !== '' ||
    url.username !== '' ||
    !hosts.some((host) => matches(host, url.hostname))
  ) {
    throw new GatheredDataError('Gathered data lies at a host that is not listed.');
  }
  const reply = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) });
  if (reply.status === 404 || reply.status === 410) throw gone();
  if (!reply.ok || reply.body === null) {
    throw new GatheredFetchError(`Gathered data was answered with HTTP ${reply.status}`);
  }
  yield* reply.body;
}

function matches(host: string, hostname: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
}

function gone(): GatheredDataError {
  return new GatheredDataError('Gathered data is no longer where the service put it.');
}
