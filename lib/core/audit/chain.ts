import { canonicalHash } from './canonical-json.ts';
import type { AuditDraft, AuditEntry, AuditHead } from './audit-entry.ts';

/** The head of a chain that has no entry yet. Names the chain, so that no two can be exchanged. */
export function emptyChain(dsrId: string): AuditHead {
  return { seq: 0, hash: canonicalHash({ chain: 'lethe-audit/1', dsrId }) };
}

/** Gives drafts their places after `head`. */
export function appendEntries(
  dsrId: string,
  head: AuditHead,
  drafts: readonly AuditDraft[],
  at: number,
): { readonly entries: readonly AuditEntry[]; readonly head: AuditHead } {
  const entries: AuditEntry[] = [];
  let last = head;
  for (const draft of drafts) {
    const body = { ...draft, dsrId, seq: last.seq + 1, at, previous: last.hash };
    const entry: AuditEntry = { ...body, hash: canonicalHash(body) };
    entries.push(entry);
    last = { seq: entry.seq, hash: entry.hash };
  }
  return { entries, head: last };
}

export type ChainVerdict =
  | { readonly kind: 'whole'; readonly head: AuditHead }
  | {
      readonly kind: 'broken';
      /** The first place at which the chain is not what it was. */
      readonly seq: number;
      readonly fault: 'altered' | 'missing-or-moved' | 'cut-short' | 'too-long' | 'foreign';
    };

/**
 * Whether a request's entries are all there, in order and as they were written. Without the `anchor`
 * kept elsewhere (the request, a receipt, the locked export) nobody can tell a chain whose last
 * entries were cut off.
 */
export function verifyChain(
  dsrId: string,
  entries: Iterable<AuditEntry>,
  anchor?: AuditHead,
): ChainVerdict {
  let head = emptyChain(dsrId);
  for (const entry of entries) {
    const expected = head.seq + 1;
    if (anchor !== undefined && expected > anchor.seq) return broken(expected, 'too-long');
    if (entry.dsrId !== dsrId) return broken(expected, 'foreign');
    if (entry.seq !== expected) return broken(expected, 'missing-or-moved');
    const { hash, ...body } = entry;
    if (canonicalHash(body) !== hash) return broken(expected, 'altered');
    // The entry is as it was hashed, but another one stood before it.
    if (entry.previous !== head.hash) return broken(expected, 'missing-or-moved');
    head = { seq: entry.seq, hash };
  }
  if (anchor !== undefined && head.seq < anchor.seq) return broken(head.seq + 1, 'cut-short');
  if (anchor !== undefined && head.hash !== anchor.hash) return broken(head.seq, 'altered');
  return { kind: 'whole', head };
}

function broken(seq: number, fault: Extract<ChainVerdict, { kind: 'broken' }>['fault']) {
  return { kind: 'broken', seq, fault } as const;
}
