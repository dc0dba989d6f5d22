import { join, relative } from 'node:path';
import { formatBytes, formatCount, formatDuration, formatQuantity } from '../terminal/numbers.ts';
import { formatTable, type Terminal } from '../terminal/terminal.ts';
import { formatSample } from './demo-report.ts';
import { printWarehouse } from './demo-warehouse-report.ts';
import type { FollowedRequest, RequestsObserver, RequestsReport } from './demo-requests.ts';

/** Prints each step of a request as it is seen. */
export function printProgress(terminal: Terminal): RequestsObserver {
  const { bold, dim, green } = terminal.style;
  const titles = { access: 'Show me my data', erasure: 'Forget me' };
  return {
    filed: (type, email) => {
      terminal.print(`\n${bold(titles[type])}: ${email} files an ${type} request over HTTP`);
      terminal.print(`  ${dim('the link that was mailed is followed: it is them')}`);
    },
    moved: (milliseconds, what, state) => {
      const isGood = /^(SUCCEEDED|NO_DATA|EXEMPT|COMPLETED.*)$/.test(state);
      const time = formatDuration(milliseconds).padStart(8);
      terminal.print(`  ${dim(time)}  ${what.padEnd(16)} ${isGood ? green(state) : state}`);
    },
  };
}

export function printRequests(terminal: Terminal, report: RequestsReport, directory: string): void {
  const { bold } = terminal.style;
  printMails(terminal, report, directory);
  terminal.print(`\n${bold('Receipt of the erasure')}, signed`);
  terminal.print(printStores(terminal, report.erasure));
  printWarehouse(terminal, report.warehouse);
  const { sample } = report.newEvents;
  if (sample !== undefined) {
    terminal.print(`\n${bold('A new event of the erased person')}, who still consents to sharing`);
    terminal.print(formatSample(terminal, sample));
  }
  printChecks(terminal, report);
}

function printMails(terminal: Terminal, report: RequestsReport, directory: string): void {
  const { access, erasure } = report;
  const near = relative('', join(directory, 'mailbox'));
  terminal.print(`\n${terminal.style.bold('Mail')} in ${near}`);
  const columns = [{ head: 'request' }, { head: 'to' }, { head: 'subject' }];
  const rows = [access, erasure].flatMap(({ type, mails }) =>
    mails.map(({ to, subject }) => [type, to, subject]),
  );
  terminal.print(formatTable(terminal, columns, rows));
}

function printStores(terminal: Terminal, { receipt }: FollowedRequest): string {
  const columns = [
    { head: 'store' },
    { head: 'outcome' },
    { head: 'records', align: 'right' },
    { head: 'why, or until when in backups' },
    { head: 'could be given back until' },
  ] as const;
  const rows = receipt.stores.map((store) => [
    store.store,
    store.outcome,
    store.affected === undefined ? '' : formatCount(store.affected),
    store.exemptionBasis ?? store.backupsExpireAt?.slice(0, 10) ?? '',
    store.undoableUntil?.slice(0, 10) ?? '',
  ]);
  return formatTable(terminal, columns, rows);
}

function printChecks(terminal: Terminal, report: RequestsReport): void {
  const { green, red, bold } = terminal.style;
  const { access, erasure, inClearBefore, inClearAfter, newEvents, certificate } = report;
  const check = (holds: boolean, text: string): void => {
    terminal.print(`  ${holds ? green('✔') : red('✘')} ${text}`);
  };
  const records = Object.values(report.package.records).reduce((sum, count) => sum + count, 0);
  terminal.print(`\n${bold('Check')} of both requests`);
  for (const { type, lifecycle, milliseconds } of [access, erasure]) {
    const took = formatDuration(milliseconds);
    check(lifecycle.startsWith('COMPLETED'), `${type}: ${lifecycle} after ${took}`);
  }
  check(
    records > 0,
    `package: ${formatQuantity(records, 'record')} of ${formatQuantity(Object.keys(report.package.records).length, 'store')} in ${formatQuantity(report.package.files.length, 'file')}, ${formatBytes(report.package.bytes)}`,
  );
  for (const { type, receiptVerdict, auditVerdict, auditEntries } of [access, erasure]) {
    check(
      receiptVerdict === 'genuine' && auditVerdict === 'whole',
      `${type}: receipt ${receiptVerdict}, audit chain of ${formatQuantity(auditEntries, 'entry', 'entries')} ${auditVerdict}`,
    );
  }
  check(
    inClearBefore > 0 && inClearAfter === 0,
    `archive: ${formatQuantity(inClearBefore, 'line')} of the person before, ${formatCount(inClearAfter)} after, older versions included`,
  );
  if (certificate !== undefined) {
    const { verdict, verification, rows, purgedVersions, key } = certificate;
    check(
      verdict === 'genuine' && verification === 'passed',
      `certificate ${key}: ${verdict}, ${formatQuantity(rows, 'row')} removed, ${formatQuantity(purgedVersions, 'version')} purged, verification ${verification}`,
    );
  }
  check(
    newEvents.scrubbed === newEvents.sent,
    `new events: ${formatCount(newEvents.scrubbed)} of ${formatCount(newEvents.sent)} arrived scrubbed`,
  );
}
