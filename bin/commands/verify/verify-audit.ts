import { readFile } from 'node:fs/promises';

import type { AuditEntry, AuditHead } from '../../../lib/core/audit/audit-entry.ts';
import { verifyChain } from '../../../lib/core/audit/chain.ts';
import type { SignedReceipt } from '../../../lib/core/receipts/receipt.ts';
import { formatQuantity } from '../../terminal/numbers.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../erase/usage-error.ts';
import { readAuditPlace } from './audit-places.ts';

interface ChainReport {
  readonly dsrId: string;
  readonly entries: number;
  readonly verdict: 'whole' | 'altered' | 'missing-or-moved' | 'cut-short' | 'too-long' | 'foreign';
  /** The first place at which it is not what it was. */
  readonly seq?: number;
  /** Whether somebody else knows its end: without that, nobody can tell that it was cut short. */
  readonly anchored: boolean;
}

/** Runs the command and answers its exit code. */
export async function runVerifyAudit(
  terminal: Terminal,
  place: string,
  flags: { receipt?: string; json?: boolean },
): Promise<number> {
  try {
    const { chains, anchors, unreadable } = await readAuditPlace(place);
    const ends = new Map([...anchors, ...(await readAnchor(flags.receipt))]);
    for (const dsrId of ends.keys()) if (!chains.has(dsrId)) chains.set(dsrId, []);
    const reports = [...chains].map(([dsrId, entries]) => judge(dsrId, entries, ends.get(dsrId)));
    if (flags.json === true) terminal.json({ chains: reports, unreadable });
    else print(terminal, reports, unreadable);
    if (reports.length === 0 && unreadable.length === 0) {
      throw new UsageError(`${place} holds no audit entry`);
    }
    const isWhole = reports.every(({ verdict }) => verdict === 'whole');
    return isWhole && unreadable.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

function judge(
  dsrId: string,
  entries: readonly AuditEntry[],
  anchor: AuditHead | undefined,
): ChainReport {
  const verdict = verifyChain(dsrId, entries, anchor);
  const common = { dsrId, entries: entries.length, anchored: anchor !== undefined };
  if (verdict.kind === 'whole') return { ...common, verdict: 'whole' };
  return { ...common, verdict: verdict.fault, seq: verdict.seq };
}

async function readAnchor(path: string | undefined): Promise<[string, AuditHead][]> {
  if (path === undefined) return [];
  try {
    const { receipt } = JSON.parse(await readFile(path, 'utf8')) as SignedReceipt;
    return [[receipt.dsrId, receipt.audit]];
  } catch {
    throw new UsageError(`--receipt: ${path} cannot be read as a receipt`);
  }
}

function print(
  terminal: Terminal,
  reports: readonly ChainReport[],
  unreadable: readonly string[],
): void {
  for (const name of unreadable) terminal.note(`${name}: no audit entry can be read from it`);
  for (const { dsrId, verdict, seq } of reports) {
    if (verdict !== 'whole') terminal.note(`${dsrId}: ${verdict} at entry ${seq ?? 0}`);
  }
  const whole = reports.filter(({ verdict }) => verdict === 'whole');
  const open = whole.filter(({ anchored }) => !anchored).length;
  const entries = reports.reduce((sum, report) => sum + report.entries, 0);
  terminal.print(
    `${whole.length} of ${formatQuantity(reports.length, 'chain')} whole, ${formatQuantity(entries, 'entry', 'entries')}.`,
  );
  if (open > 0) {
    terminal.note(
      `The end of ${formatQuantity(open, 'chain')} is vouched for by nobody: give --receipt.`,
    );
  }
}
