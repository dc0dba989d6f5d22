import type { Refusal } from '../../core/requests/model/decision.ts';
import { ApiFault } from './faults.ts';

/** Status and sentence for each reason for which the engine refuses. */
const REFUSALS: Readonly<Record<Refusal['code'], readonly [status: number, message: string]>> = {
  'not-found': [404, 'there is no such request'],
  'illegal-transition': [409, 'the request is in a state that does not allow this'],
  'wrong-state': [409, 'the request is in a state that does not allow this'],
  'already-done': [409, 'this has been done already'],
  'not-allowed': [403, 'who asks may not do this'],
  'same-approver': [409, 'the same administrator may not approve twice'],
  'bad-reason': [400, 'the reason must be a code of lower-case letters, digits and hyphens'],
  'not-by-law': [409, 'the law of this request does not allow it'],
  'nothing-to-retry': [409, 'no task of the request has failed'],
  'unknown-task': [400, 'the request has no such task'],
  'not-undoable': [409, 'what was done can no longer be undone'],
  'wrong-token': [403, 'the link is not valid'],
  'token-expired': [410, 'the link has expired'],
  locked: [403, 'the link is locked after too many tries'],
  busy: [503, 'the request cannot be worked on right now; try again'],
};

/** The engine's refusal as the API tells it. */
export function refusalFault(refusal: Refusal): ApiFault {
  const [status, message] = REFUSALS[refusal.code];
  const state = refusal.code === 'wrong-state' ? ` (it is ${refusal.state})` : '';
  const headers: Record<string, string> = refusal.code === 'busy' ? { 'retry-after': '2' } : {};
  return new ApiFault(
    status,
    { domain: 'Request', reason: refusal.code, message: `${message}${state}` },
    headers,
  );
}

export function notFound(): ApiFault {
  return refusalFault({ code: 'not-found' });
}
