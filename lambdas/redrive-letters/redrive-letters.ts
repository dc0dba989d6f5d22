import * as z from 'zod';
import {
  redriveDeadLetters,
  type RedriveDependencies,
} from '../../lib/core/dead-letters/redrive-dead-letters.ts';
import type { LetterFilter } from '../../lib/core/ports/dead-letters.ts';
import type { Log } from '../runtime/log.ts';
import { tally } from '../runtime/messages.ts';

export interface RedriveLettersContext {
  deps: RedriveDependencies;
  log: Log;
}

const word = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be a plain word');
const redriveRequest = z.strictObject({
  /** `completion`, `executor-<area>` */
  consumer: word.optional(),
  /** `malformed`, `unsigned`, `wrongly-signed`, `unknown` */
  reason: word.optional(),
  /** Letters of this run at most. */
  limit: z.int().min(1).max(10_000).optional(),
  /** Only counts what waits. */
  dryRun: z.boolean().default(false),
});

export type RedriveLettersAnswer =
  | {
      readonly ok: true;
      readonly redriven: number;
      readonly lost: number;
      readonly refused: Readonly<Record<string, number>>;
    }
  /** How many wait, by consumer and reason. */
  | { readonly ok: true; readonly waiting: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Sends dead letters again, once their fault is mended: all, or those of a consumer or a reason.
 * Called by hand, from the console or with `aws lambda invoke`.
 * @param event `{"consumer":"completion","reason":"unknown","limit":100,"dryRun":true}`, each optional
 */
export async function redriveLetters(
  event: unknown,
  { deps, log }: RedriveLettersContext,
): Promise<RedriveLettersAnswer> {
  const parsed = redriveRequest.safeParse(event ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'event'}: ${message}`,
    );
    log.warn('The event has faults', { faults: faults.length });
    return { ok: false, faults };
  }
  const { consumer, reason, limit, dryRun } = parsed.data;
  const filter: LetterFilter = {
    ...(consumer !== undefined && { consumer }),
    ...(reason !== undefined && { reason }),
  };
  if (dryRun) {
    const words: string[] = [];
    for await (const letter of deps.letters.list(filter)) {
      words.push(`${letter.consumer} ${letter.reason}`);
    }
    return { ok: true, waiting: tally(words) };
  }
  const outcome = await redriveDeadLetters(deps, {
    ...filter,
    ...(limit !== undefined && { limit }),
  });
  const { redriven, lost, refused } = outcome;
  log.info('Dead letters sent again', { redriven, failed: lost, failures: refused });
  return { ok: true, ...outcome };
}
