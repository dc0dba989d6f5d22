import type { RunHistory } from './run-history.ts';
import type { FileFindings } from './search.ts';
import type { ObjectSummary } from './summary.ts';

type Read = Extract<FileFindings, { findings: unknown }> & { findings: { kind: 'read' } };

export function hasMatches(one: FileFindings): one is Read {
  return 'findings' in one && one.findings.kind === 'read' && one.findings.matched > 0;
}

/** Undefined for a file that was read to its end. */
export function whyUnread(one: FileFindings): string | undefined {
  if ('failed' in one) return one.failed;
  return one.findings.kind === 'read' ? undefined : one.findings.reason;
}

export function countsOf(
  findings: { rows: number; matched: number },
  key: string,
  history: RunHistory,
): { rows: number; matched: number; kept: number } {
  const earlier = (history.applied.get(key) ?? []).reduce((sum, { matched }) => sum + matched, 0);
  const kept = findings.rows - findings.matched;
  return { rows: findings.rows + earlier, matched: findings.matched + earlier, kept };
}

export function summaryOf(one: FileFindings, history: RunHistory): ObjectSummary {
  const { key } = one.file;
  const nothing = { key, rows: 0, matched: 0, kept: 0, unparsable: 0, faults: [] };
  if ('failed' in one) return { ...nothing, status: 'failed', reason: one.failed };
  const { findings } = one;
  if (findings.kind === 'corrupt') {
    const where = findings.offset === undefined ? '' : ` (offset ${findings.offset})`;
    return { ...nothing, status: 'corrupt', reason: findings.reason + where };
  }
  const { format, unparsable, faults } = findings;
  const counts = countsOf(findings, key, history);
  const status = unparsable > 0 ? 'incomplete' : counts.matched > 0 ? 'erased' : 'unchanged';
  return { key, status, format, ...counts, unparsable, faults };
}

export function seenIn(found: readonly FileFindings[]): Set<number> {
  const seen = new Set<number>();
  for (const one of found) {
    if (!('findings' in one) || one.findings.kind !== 'read') continue;
    for (const path of one.findings.seen) seen.add(path);
  }
  return seen;
}
