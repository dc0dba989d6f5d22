import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

import { canonicalHash } from '../../audit/canonical-json.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Run } from '../run/run.ts';
import type { Certificate, ChainLink } from './certificate.ts';

/** The last certificate of an archive's chain: where the next one follows. Lies beside them. */
export interface ChainHead {
  readonly archive: string;
  readonly number: number;
  /** Of the certificate. */
  readonly hash: string;
  readonly runId: string;
}

interface Chained {
  readonly certificates: ObjectStore;
  readonly hashKey: Uint8Array;
  readonly archive?: string;
}

/** Others keep writing the chain's head. */
class ChainContended extends Error {
  override readonly name = 'ChainContended';
}

const MOST_TRIES = 10;

/** What the certificate of a run follows. To be asked before it is stored. */
export async function nextLink(deps: Chained, { places }: Run): Promise<ChainLink> {
  const archive = archiveName(deps, places);
  const head = (await readHead(deps, archive))?.head;
  if (head === undefined) return { archive, number: 1 };
  return { archive, number: head.number + 1, previous: head.hash };
}

/**
 * Makes a stored certificate the chain's head, unless it is or was that already. Whoever dies between
 * the certificate and this does it when asked again.
 */
export async function advanceChain(deps: Chained, certificate: Certificate): Promise<void> {
  const { runId, chain } = certificate;
  const next: ChainHead = {
    ...{ archive: chain.archive, number: chain.number, runId },
    hash: canonicalHash(certificate),
  };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const known = await readHead(deps, chain.archive);
    if ((known?.head.number ?? 0) >= chain.number) return;
    const condition = known === undefined ? { ifAbsent: true } : { ifMatch: known.etag };
    const body = Buffer.from(`${JSON.stringify(next)}\n`);
    const options = { ...condition, contentType: 'application/json' };
    const { kind } = await deps.certificates.put(headKey(chain.archive), body, options);
    if (kind === 'stored') return;
  }
  throw new ChainContended(
    'the head of the chain of certificates is written by others all the time',
  );
}

/** Keyed: neither a bucket nor a prefix is to be read from a certificate's chain. */
function archiveName({ hashKey, archive = '' }: Chained, places: Run['places']): string {
  const prefixes = places.map(({ prefix }) => prefix);
  return createHmac('sha256', hashKey)
    .update(`lethe-chain/1\0${JSON.stringify([archive, prefixes])}`)
    .digest('base64url');
}

function headKey(archive: string): string {
  return `chains/${archive}.json`;
}

async function readHead(
  { certificates }: Chained,
  archive: string,
): Promise<{ readonly head: ChainHead; readonly etag: string } | undefined> {
  const stored = await certificates.get(headKey(archive));
  if (stored === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stored.body) parts.push(Uint8Array.from(part));
  const head = JSON.parse(Buffer.concat(parts).toString('utf8')) as ChainHead;
  return { head, etag: stored.etag };
}
