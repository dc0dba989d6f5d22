import { readFileSync } from 'node:fs';
import { packageZip } from '../../../lib/core/access-package/package-files.ts';

/** Builds a package of so many records and prints how much memory that took; run on its own. */
const count = Number(process.argv[2]);
let plain = 0;

async function* records() {
  for (let index = 0; index < count; index++) {
    if (index % 1_000 === 0) await Promise.resolve();
    const record = { index, text: `${index}-`.repeat(20), nested: { city: 'Köln', at: index } };
    plain += 60 + record.text.length;
    yield record;
  }
}

async function* sections() {
  await Promise.resolve();
  yield {
    store: 'events',
    description: 'Events',
    legalBasis: 'contract',
    retentionDays: 1,
    owner: 'team',
    records: records(),
  };
}

let zipped = 0;
for await (const chunk of packageZip({ dsrId: 'x', type: 'access', receivedAt: 0, sections })) {
  zipped += chunk.length;
}
process.stdout.write(JSON.stringify({ zipped, plain, rss: peakMemory() }) + '\n');

/**
 * Bytes. The kernel's maxrss begins with what the parent held when it forked (getrusage(2), exec
 * keeps it); VmHWM (proc(5)) is of this program alone.
 */
function peakMemory(): number {
  const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
