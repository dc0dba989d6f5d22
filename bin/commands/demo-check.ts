import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredObject } from '../../lib/local/delivery-stream.ts';
import { type ExpectedRecords, parseObject } from './demo-expected.ts';

/** What the objects on disk say about the events that were sent. */
export interface DemoCheck {
  kept: number;
  redacted: number;
  failed: number;
  /** Records in the objects that are none of those, or come twice. */
  strange: number;
  /** Events that are in no object. */
  missing: number;
  /** Personal values of people who did not consent: looked for, and found. */
  valuesSought: number;
  valuesFound: number;
  passed: boolean;
  samples: { kept?: Sample; redacted?: Sample };
}

/** An event before and after, as texts. */
export interface Sample {
  before: string;
  after: string;
}

/** Whole JSON strings, and the words in and around them. */
const WORDS = /"(?:[^"\\]|\\.)*"|[^",:{}[\]\s]+/g;

/** Reads the objects from the disk, as anybody could, and ticks off what was sent. */
export async function checkArchive(
  expected: ExpectedRecords,
  objects: readonly DeliveredObject[],
  folder: string,
): Promise<DemoCheck> {
  const check: DemoCheck = {
    ...{ kept: 0, redacted: 0, failed: 0, strange: 0, missing: 0 },
    ...{ valuesSought: expected.secrets.size, valuesFound: 0, passed: false, samples: {} },
  };
  const sent = expected.left;
  for (const { key, kind } of objects) {
    const text = await readFile(join(folder, key), 'utf8');
    if (!text.endsWith('\n')) check.strange += 1;
    for (const line of text.split('\n').slice(0, -1)) {
      check.valuesFound += countSecrets(line, expected.secrets);
      if (kind === 'data') tickOff(line, expected, check);
      else if (expected.takeFailed(parseObject(line)?.['rawData'])) check.failed += 1;
      else check.strange += 1;
    }
  }
  check.missing = expected.left;
  check.passed =
    check.strange + check.missing + check.valuesFound === 0 &&
    check.kept + check.redacted + check.failed === sent;
  return check;
}

function tickOff(line: string, expected: ExpectedRecords, check: DemoCheck): void {
  if (expected.takeKept(line)) {
    check.kept += 1;
    check.samples.kept ??= { before: line, after: line };
    return;
  }
  const before = expected.takeRedacted(line);
  if (before === undefined) {
    check.strange += 1;
    return;
  }
  check.redacted += 1;
  check.samples.redacted ??= { before, after: line };
}

function countSecrets(line: string, secrets: ReadonlySet<string>): number {
  let found = 0;
  for (const [word] of line.matchAll(WORDS)) {
    if (!word.startsWith('"')) {
      if (secrets.has(word)) found += 1;
      continue;
    }
    const inner = word.slice(1, -1);
    const parts = inner.includes(' ') ? [inner, ...inner.split(/\s+/)] : [inner];
    if (parts.some((part) => secrets.has(part))) found += 1;
  }
  return found;
}
