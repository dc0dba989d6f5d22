import {
  redriveDeadLetters,
  type RedriveDependencies,
} from '../../core/dead-letters/redrive-dead-letters.ts';
import type { RedriveRequests } from '../tables/lmdb-dead-letters.ts';

/**
 * Sends letters again as somebody asked, the oldest wish first. A wish is forgotten after its letters
 * are sent: a crash in between sends some twice. Answers whether there may be more to do.
 */
export async function redriveAsAsked(
  deps: RedriveDependencies & { readonly requests: RedriveRequests },
): Promise<boolean> {
  const [wish] = deps.requests.waiting();
  if (wish === undefined) return false;
  await redriveDeadLetters(deps, wish.filter);
  deps.requests.done(wish.number);
  return true;
}
