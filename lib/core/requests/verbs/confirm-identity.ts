import type { Refusal } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { decideToken } from '../state/decide-identity.ts';
import { changeRequest } from './commit.ts';
import type { WritingDependencies } from './dependencies.ts';

export type VerbOutcome =
  | { readonly kind: 'done'; readonly request: DsrRequest }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Takes the token of the mailed link. A wrong one costs a try; after the last the link is locked and
 * the request is refused. A confirmed subject with an open request of the same type ends DUPLICATE.
 */
export async function confirmIdentity(
  deps: WritingDependencies,
  input: { readonly dsrId: string; readonly token: string },
): Promise<VerbOutcome> {
  const token = { wrong: false };
  const outcome = await changeRequest(deps, input.dsrId, (request, context, claimedBy) => {
    const decision = decideToken(request, input.token, context, claimedBy);
    token.wrong = decision.wrong === true;
    return decision;
  });
  return token.wrong && outcome.kind === 'done'
    ? { kind: 'refused', refusal: refusalOf(outcome.request) }
    : outcome;
}

function refusalOf({ identity }: DsrRequest): Refusal {
  return identity.kind === 'PENDING'
    ? { code: 'wrong-token', triesLeft: identity.triesLeft }
    : { code: 'locked' };
}
