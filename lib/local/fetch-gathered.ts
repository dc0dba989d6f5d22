import { createReadStream } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GatheredDataError,
  GatheredFetchError,
  type FetchGathered,
} from '../core/ports/fetch-gathered.ts';
import { systemCode } from './durable-files.ts';

/** How long one fetch may last, ms. */
const TIMEOUT = 60 * 1_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Fetches what a service on this machine has put aside: a file below `folder`, or a URL on loopback.
 * The location comes from a service, so it is held against both before anything is opened; a link
 * that leads out of the folder is refused, and no redirect is followed.
 */
export function fetchGatheredHere(folder: string): FetchGathered {
  return (location) => {
    const url = URL.canParse(location) ? new URL(location) : undefined;
    if (url?.protocol === 'file:') return readBelow(folder, url);
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return fetchLoopback(url);
    throw new GatheredDataError('Gathered data lies neither in a file nor behind http.');
  };
}

async function* readBelow(folder: string, url: URL): AsyncGenerator<Uint8Array> {
  const path = await realFile(folder, url);
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

async function realFile(folder: string, url: URL): Promise<string> {
  let path: string;
  let below: string;
  try {
    path = await realpath(fileURLToPath(url));
    below = (await realpath(folder)) + sep;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw gone();
    // A host in the URL, or an escaped separator.
    throw new GatheredDataError('Gathered data has a location that can not be read.');
  }
  // Also keeps away pipes and devices, which would never end.
  if (!path.startsWith(below) || !(await lstat(path)).isFile()) {
    throw new GatheredDataError('Gathered data lies in a file out of bounds.');
  }
  return path;
}

async function* fetchLoopback(url: URL): AsyncGenerator<Uint8Array> {
  if (!LOOPBACK.has(url.hostname) || url.username !== '') {
    throw new GatheredDataError('Gathered data lies at a host that is not this machine.');
  }
  const reply = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
  if (reply.status === 404 || reply.status === 410) throw gone();
  if (!reply.ok || reply.body === null) {
    throw new GatheredFetchError(`Gathered data was answered with HTTP ${reply.status}`);
  }
  yield* reply.body;
}

function gone(): GatheredDataError {
  return new GatheredDataError('Gathered data is no longer where the service put it.');
}
