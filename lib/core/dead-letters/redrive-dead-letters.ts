import { createHash } from 'node:crypto';
import type { DeadLetter, DeadLetters, LetterFilter, LetterStream } from '../ports/dead-letters.ts';
import type { RecordStream } from '../ports/record-stream.ts';

export interface RedriveDependencies {
  readonly letters: DeadLetters;
  readonly streams: Readonly<Record<LetterStream, Pick<RecordStream, 'put'>>>;
}

export interface RedriveOutcome {
  /** Letters that are back on their stream. */
  readonly redriven: number;
  /** Letters whose record can't be read any more: nothing was sent. */
  readonly lost: number;
  /** Letters that the stream did not take; they wait on. By its word, how many. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Letters of one run at most: a stream's shard takes 1,000 records a second. */
const MOST = 10_000;

/**
 * Puts dead letters back on the streams they came from, as they came: whoever reads them judges them
 * anew, signature included. A letter is taken away after the stream has accepted it, so a crash in
 * between sends it twice, which all consumers bear. What fails again becomes a letter again.
 */
export async function redriveDeadLetters(
  { letters, streams }: RedriveDependencies,
  filter: LetterFilter & { readonly limit?: number } = {},
): Promise<RedriveOutcome> {
  const { limit = MOST, ...wanted } = filter;
  // Chosen before the first is sent: one that comes back as a letter is not sent in circles.
  const chosen: DeadLetter[] = [];
  for await (const letter of letters.list(wanted)) {
    if (chosen.length >= Math.min(limit, MOST)) break;
    chosen.push(letter);
  }
  let redriven = 0;
  let lost = 0;
  const refused: Record<string, number> = {};
  for (const letter of chosen) {
    const data = await letters.open(letter);
    if (data === undefined) {
      lost += 1;
      continue;
    }
    const [outcome] = await streams[letter.stream].put([{ partitionKey: spread(letter), data }]);
    if (outcome?.ok === true) {
      await letters.remove(letter);
      redriven += 1;
    } else {
      const code = outcome?.code ?? 'no-outcome';
      refused[code] = (refused[code] ?? 0) + 1;
    }
  }
  return { redriven, lost, refused };
}

/** Order among messages does not matter; an id may be longer than a partition key. */
function spread({ id }: DeadLetter): string {
  return createHash('sha256').update(id).digest('hex');
}
