import type { KinesisRecord } from './kinesis-records.ts';
import type { Verdict } from './stream-batch.ts';

/** Puts a record that nobody can handle into the dead letters, with why, to be redriven. */
export type Bury = (record: KinesisRecord, reason: string) => Promise<void>;

/**
 * Buries the dead among a batch's records. Who cannot be buried comes again: nothing is dropped.
 * Answers the verdicts with the buried ones done, and how many those are.
 */
export async function buryDead(
  records: readonly KinesisRecord[],
  verdicts: readonly Verdict[],
  bury: Bury,
): Promise<{ verdicts: readonly Verdict[]; buried: number }> {
  let buried = 0;
  const after: Verdict[] = [];
  for (const [at, verdict] of verdicts.entries()) {
    if (verdict.kind !== 'dead') {
      after.push(verdict);
      continue;
    }
    try {
      await bury(records[at]!, verdict.reason);
      buried += 1;
      after.push({ kind: 'done' });
    } catch (error) {
      after.push({ kind: 'again', code: error instanceof Error ? error.name : 'not-buried' });
    }
  }
  return { verdicts: after, buried };
}

/** How often each reason or code came up, for the log. */
export function tally(words: Iterable<string>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
