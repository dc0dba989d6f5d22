// Redacts a batch of 6 MB until so many events are done, keeping the last answer; prints its peak RSS.
import { readFileSync } from 'node:fs';
import { makeEvents, type EventKind } from './events.ts';
import { batchesOf, lethe } from './redaction-rivals.ts';

const [what = 'nothing', count = '0'] = process.argv.slice(2);
let answer: unknown;
if (what !== 'nothing') {
  const redact = lethe('fast');
  const batch = what === 'huge' ? hugeBatch() : fullBatch(what as EventKind);
  for (let events = 0; events < Number(count); events += batch.length) answer = redact(batch);
}
if (what === 'nothing' || answer !== undefined) {
  process.stdout.write(String(peakMemory()));
}

/** Made a part at a time: what making them costs is not what is measured. */
function fullBatch(kind: EventKind): string[] {
  const records: string[] = [];
  let size = 0;
  for (let seed = 1; size < 6_000_000; seed++) {
    const some = batchesOf(makeEvents(kind, 500, seed))[0]!;
    records.push(...some);
    size += some.reduce((sum, record) => sum + record.length, 0);
  }
  return batchesOf(records)[0]!;
}

/** Four records of 1 MiB are all that a request holds. */
function hugeBatch(): string[] {
  const record = Buffer.from(`{"dob":"2011-04-22","pad":"${'x'.repeat(1 << 20)}"}`);
  return Array.from({ length: 4 }, () => record.toString('base64'));
}

/**
 * Bytes. The kernel's maxrss of a child begins with what its parent held when it forked (getrusage(2),
 * exec keeps it): where there is /proc, VmHWM tells of this program alone.
 */
function peakMemory(): number {
  try {
    const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // No /proc: the next best.
  }
  return process.resourceUsage().maxRSS * 1024;
}
