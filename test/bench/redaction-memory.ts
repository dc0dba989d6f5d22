// Redacts batches of 6 MB one after another, each made when it is needed, and prints its peak RSS.
import { makeEvents, type EventKind } from './events.ts';
import { batchesOf, lethe } from './redaction-rivals.ts';

const [what = 'nothing', count = '0'] = process.argv.slice(2);
if (what !== 'nothing') {
  const redact = lethe('fast');
  let seen = 0;
  for (let seed = 1; seen < Number(count); seed++) {
    const batch =
      what === 'huge' ? hugeBatch() : batchesOf(makeEvents(what as EventKind, 5_000, seed))[0]!;
    redact(batch);
    seen += what === 'huge' ? 5_000 : batch.length;
  }
}
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));

function hugeBatch(): string[] {
  const record = Buffer.from(`{"dob":"2011-04-22","pad":"${'x'.repeat(1 << 20)}"}`);
  return Array.from({ length: 4 }, () => record.toString('base64'));
}
