import { canonicalHash } from '../../audit/canonical-json.ts';
import { requestKeyName } from '../../identity/subject-boxes.ts';
import { buildReceipt } from '../../receipts/build-receipt.ts';
import { signReceipt } from '../../receipts/sign-receipt.ts';
import type { DsrRequest } from '../model/request.ts';
import { Draft } from '../state/draft.ts';
import { isTerminal } from '../state/lifecycle-table.ts';
import { changeRequest } from './commit.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { EngineDependencies, WritingDependencies } from './dependencies.ts';

/**
 * Closes an ended request of which everybody has been told: signs the receipt and destroys the key,
 * and with it the identities, the alias snapshot and whatever else was sealed under it.
 */
export async function closeRequest(
  deps: WritingDependencies & Pick<EngineDependencies, 'keys' | 'signer' | 'gathered'>,
  dsrId: string,
): Promise<VerbOutcome> {
  const request = await deps.requests.load(dsrId);
  if (request === undefined) return { kind: 'refused', refusal: { code: 'not-found' } };
  if (!mayClose(request)) {
    return { kind: 'refused', refusal: { code: 'wrong-state', state: request.lifecycle } };
  }
  const receipt = await signReceipt(deps.signer, buildReceipt(request));
  await deps.gathered.clear(dsrId);
  // Before the write: a crash in between finds the request not yet closed and comes here again.
  await deps.keys.destroy(requestKeyName(dsrId));
  return changeRequest(deps, dsrId, (current, context) => {
    if (!mayClose(current)) return { kind: 'unchanged', request: current };
    const draft = new Draft(current, context);
    const { hashes, contactable } = current.subject;
    draft.set({ receipt, closedAt: draft.now, subject: { hashes, contactable } });
    draft.record('closed', { receipt: canonicalHash(receipt.receipt) });
    return draft.decide();
  });
}

/** Ended, everybody told, not yet closed. */
export function mayClose({ lifecycle, outbox, closedAt }: DsrRequest): boolean {
  return isTerminal(lifecycle) && outbox.length === 0 && closedAt === undefined;
}
