import { canonicalJson } from '../../lib/core/audit/canonical-json.ts';
import type { AuditEntry } from '../../lib/core/audit/audit-entry.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';

/** Longest entry that is read back; ours have at most a few kilobytes. */
const MAX_ENTRY = 1024 * 1024;
const PREFIX = 'audit/';
/** Numbers of one length, so that names sort as entries follow one another. */
const DIGITS = 8;

/** Where an entry lies: one NDJSON object an entry, so that a repeated export writes the same name. */
export function auditKey({ dsrId, seq }: Pick<AuditEntry, 'dsrId' | 'seq'>): string {
  return `${PREFIX}${dsrId}/${String(seq).padStart(DIGITS, '0')}.ndjson`;
}

/** The entries under Object Lock: each is written once and never again. */
export interface AuditArchive {
  has(place: Pick<AuditEntry, 'dsrId' | 'seq'>): Promise<boolean>;
  /** `conflict`: another entry stands in this place, and stays. */
  add(entry: AuditEntry): Promise<'added' | 'there' | 'conflict'>;
}

export function auditArchive(objects: Pick<ObjectStore, 'put' | 'get' | 'list'>): AuditArchive {
  return {
    has: async (place) => {
      const wanted = auditKey(place);
      for await (const { key } of objects.list(wanted)) return key === wanted;
      return false;
    },
    add: async (entry) => {
      const line = Buffer.from(`${canonicalJson(entry)}\n`);
      const key = auditKey(entry);
      const outcome = await objects.put(key, line, {
        contentType: 'application/x-ndjson',
        ifAbsent: true,
      });
      if (outcome.kind === 'stored') return 'added';
      const stored = await objects.get(key, { range: [0, MAX_ENTRY] });
      // Another export is writing it right now: the next delivery finds it there.
      if (stored === undefined) throw new AuditArchiveError('An audit entry is being written');
      const chunks: Uint8Array[] = [];
      for await (const chunk of stored.body) chunks.push(chunk);
      return Buffer.concat(chunks).equals(line) ? 'there' : 'conflict';
    },
  };
}

/** The archive cannot say now whether an entry is in it. */
class AuditArchiveError extends Error {
  override readonly name = 'AuditArchiveError';
}
