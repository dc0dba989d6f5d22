import { join, relative } from 'node:path';
import type { DeliveredObject } from '../../lib/local/delivery-stream.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatQuantity,
  formatRate,
} from '../terminal/numbers.ts';
import { formatTable, type Terminal } from '../terminal/terminal.ts';
import type { DemoCheck, Sample } from './demo-check.ts';
import { parseObject } from './demo-expected.ts';

/** All that the demo found out; printed as text or as JSON. */
export interface DemoReport {
  directory: string;
  /** Events that the stream had accepted, malformed ones included. */
  accepted: number;
  /** Records that an earlier demo, cut short, had left in the stream; delivered first. */
  leftByEarlierRun: number;
  /** Copies in clear that the stream still holds. */
  leftInStream: number;
  check: DemoCheck;
  objects: readonly DeliveredObject[];
  /** From the first event sent until the last object was on the disk. */
  milliseconds: number;
}

export function printReport(terminal: Terminal, report: DemoReport): void {
  const { kept, redacted } = report.check.samples;
  const { bold, green } = terminal.style;
  if (kept !== undefined) {
    const same = kept.before === kept.after ? green('byte for byte the same') : 'changed';
    terminal.print(`\n${bold('A person who consents')}: ${same}`);
    terminal.print(formatSample(terminal, kept));
  }
  if (redacted !== undefined) {
    terminal.print(`\n${bold('A person who does not consent')}: personal values are gone`);
    terminal.print(formatSample(terminal, redacted));
  }
  printObjects(terminal, report);
  printCheck(terminal, report);
  printWhereToLook(terminal, report);
}

/** A table of an event's fields, as sent and as stored. */
export function formatSample(terminal: Terminal, { before, after }: Sample): string {
  const { red, green, dim } = terminal.style;
  const left = parseObject(before) ?? {};
  const right = parseObject(after) ?? {};
  const show = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value));
  const rows = [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => {
    const [was, is] = [show(left[key]), show(right[key])];
    if (was === is) return [key, was, is];
    return was === '' ? [dim(key), '', dim(is)] : [key, red(was), green(is)];
  });
  const columns = ['field', 'sent by the producer', 'stored in the archive'];
  return formatTable(
    terminal,
    columns.map((head) => ({ head })),
    rows,
  );
}

function printObjects(terminal: Terminal, { objects }: DemoReport): void {
  terminal.print(`\n${terminal.style.bold('Objects written')}`);
  const rows = objects.map(({ key, records, bytes }) => [
    key,
    formatCount(records),
    formatBytes(bytes),
  ]);
  const columns = [
    { head: 'key' },
    { head: 'records', align: 'right' },
    { head: 'size', align: 'right' },
  ] as const;
  const table = formatTable(terminal, columns, rows);
  // Firehose's keys are long: what would wrap is easier to read, and to copy, as a list.
  if (table.indexOf('\n') <= terminal.width) terminal.print(table);
  else
    for (const [key, records, size] of rows)
      terminal.print(`  ${key}\n      ${records} records, ${size}`);
}

function printCheck(terminal: Terminal, { accepted, check, milliseconds }: DemoReport): void {
  const { bold, green, red } = terminal.style;
  const { kept, redacted, failed, strange, missing, valuesSought, valuesFound } = check;
  const mark = (holds: boolean): string => (holds ? green('✔') : red('✘'));
  const sum = kept + redacted + failed;
  terminal.print(`\n${bold('Check')}, by reading the objects again`);
  terminal.print(
    `  ${mark(sum === accepted)} ${formatQuantity(accepted, 'record')} sent = ${formatCount(kept)} kept + ${formatCount(redacted)} redacted + ${formatCount(failed)} failed`,
  );
  terminal.print(
    `  ${mark(strange + missing === 0)} each of them exactly once: ${formatCount(missing)} missing, ${formatCount(strange)} unexpected`,
  );
  terminal.print(
    `  ${mark(valuesFound === 0)} ${formatQuantity(valuesSought, 'personal value')} of people who do not consent: ${formatCount(valuesFound)} found`,
  );
  terminal.print(
    `\n${formatQuantity(accepted, 'record')} from producer to archive in ${formatDuration(milliseconds)}, ${formatRate(accepted, milliseconds, 'records')} (a shard takes 1,000 a second).`,
  );
}

function printWhereToLook(terminal: Terminal, report: DemoReport): void {
  const { directory, objects } = report;
  const { bold, cyan } = terminal.style;
  const near = relative('', directory) || '.';
  const place = near.startsWith('..') ? directory : near;
  terminal.print(`\n${bold('Where to look')}`);
  const hints: [command: string, meaning: string][] = [];
  const pathOf = (kind: DeliveredObject['kind']): string | undefined => {
    const object = objects.find((one) => one.kind === kind);
    return object === undefined ? undefined : join(place, 'data-store', object.key);
  };
  const data = pathOf('data');
  const errors = pathOf('error');
  if (data !== undefined) hints.push([`head -2 ${data}`, 'events as they rest in the archive']);
  if (errors !== undefined) {
    hints.push([`head -1 ${errors}`, 'a record that is no JSON, as Firehose keeps it']);
  }
  hints.push(['npx lethe demo --consent-ratio 0', 'nobody consents: every event is redacted']);
  for (const [command, meaning] of hints) {
    terminal.print(`  ${cyan(command)}\n      ${meaning}`);
  }
  const { leftInStream, leftByEarlierRun } = report;
  const inStream =
    leftInStream === 0
      ? 'the stream has deleted its own copies of what was delivered'
      : `the stream still holds ${formatQuantity(leftInStream, 'record')} in clear`;
  terminal.print(`\nThe people are invented. Everything lies in ${place}; ${inStream}.`);
  if (leftByEarlierRun > 0) {
    terminal.print(
      `An earlier demo was cut short: the ${formatQuantity(leftByEarlierRun, 'record')} that it left were delivered first.`,
    );
  }
}
