import { canonicalHash } from '../../audit/canonical-json.ts';
import type { CertificateEntry } from './certificate.ts';

/** What the first entry of a run's certificate follows. Names the run, so that none can be exchanged. */
export function emptyHead(runId: string): string {
  return canonicalHash({ chain: 'lethe-archive-certificate/1', runId });
}

/** Links entries of a certificate, one after the other. */
export class CertificateChain {
  count = 0;
  head: string;

  /** @param head what the first entry follows */
  constructor(head: string) {
    this.head = head;
  }

  append(entry: Omit<CertificateEntry, 'seq' | 'previous' | 'hash'>): CertificateEntry {
    const body = { ...entry, seq: this.count + 1, previous: this.head };
    const linked = { ...body, hash: canonicalHash(body) };
    this.count++;
    this.head = linked.hash;
    return linked;
  }

  /** Whether an entry is the next one, as it was written. */
  follow({ hash, ...body }: CertificateEntry): boolean {
    if (body.seq !== this.count + 1 || body.previous !== this.head) return false;
    if (canonicalHash(body) !== hash) return false;
    this.count++;
    this.head = hash;
    return true;
  }
}
