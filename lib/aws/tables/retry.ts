import { setTimeout as pause } from 'node:timers/promises';

/** How calls that DynamoDB turned away for the moment are made again. */
export interface Patience {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const PATIENCE: Patience = {
  sleep: (milliseconds) => pause(milliseconds),
  random: Math.random,
};

/** On top of the SDK's own three. */
const MOST_ATTEMPTS = 6;
const FIRST_PAUSE = 25;
const LONGEST_PAUSE = 1_000;

/**
 * Errors after which the same call may do a moment later. After an InternalServerError the write may
 * stand: what is made again must be such that twice is once.
 * Source: DynamoDB API reference, TransactWriteItems, and developer guide, "Error handling".
 */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
  'InternalServerError',
]);

function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.has(error.name);
}

/** Pauses before the next attempt, longer each time, at random so that writers do not meet again. */
export async function pauseBefore(attempt: number, { sleep, random }: Patience): Promise<void> {
  await sleep(random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt));
}

/** Makes a call until it is not turned away any more, or too often. */
export async function patiently<Answer>(
  call: () => Promise<Answer>,
  patience: Patience,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !isPassing(error)) throw error;
    }
    await pauseBefore(attempt, patience);
  }
}
