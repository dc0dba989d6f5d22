import type { Decision } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { deriveLifecycle } from './advance-lifecycle.ts';
import { Draft, refuse, type DecisionContext } from './draft.ts';
import { endRequest } from './end-request.ts';

/** What was found before a request may count as completed. */
export type Conclusion =
  /** Erasure: nobody found the subject. Other types: nothing stands against it. */
  | { readonly kind: 'proved'; readonly package?: DsrRequest['package'] }
  /** Stores that still hold the subject. */
  | { readonly kind: 'residue'; readonly stores: readonly string[] }
  /** Not all stores could be looked into, or the package could not be made. */
  | { readonly kind: 'unknown'; readonly code: string };

/** Ends a verified request, sends one with residue back to work, or tries again later. */
export function decideConclusion(
  request: DsrRequest,
  conclusion: Conclusion,
  context: DecisionContext,
): Decision {
  if (request.lifecycle !== 'VERIFYING' || request.intent !== 'fulfil') {
    return refuse({ code: 'wrong-state', state: request.lifecycle });
  }
  const draft = new Draft(request, context);
  switch (conclusion.kind) {
    case 'proved':
      complete(draft, conclusion.package);
      break;
    case 'residue':
      sendBack(draft, conclusion.stores);
      break;
    case 'unknown':
      draft.set({ workAt: draft.now + context.policy.timeouts.verifying });
      draft.record('verification-put-off', { code: conclusion.code });
      break;
  }
  return draft.decide();
}

function complete(draft: Draft, made: DsrRequest['package']): void {
  if (made !== undefined) draft.set({ package: made });
  if (draft.request.type === 'erasure') {
    draft.set({ verification: 'PASSED' });
    draft.record('verified', {
      stores: draft.request.tasks
        .filter(({ state }) => state !== 'EXEMPT')
        .map(({ taskId }) => taskId),
    });
  }
  const exempt = draft.request.tasks.some(({ state }) => state === 'EXEMPT');
  endRequest(draft, exempt ? 'COMPLETED_WITH_EXEMPTIONS' : 'COMPLETED');
}

/** Residue: the stores are asked anew, under a new key, until that too often came to nothing. */
function sendBack(draft: Draft, stores: readonly string[]): void {
  draft.set({ verification: 'RESIDUE_FOUND', workAt: undefined });
  draft.record('residue-found', { stores });
  for (const task of draft.request.tasks) {
    if (!stores.includes(task.taskId)) continue;
    const round = task.round + 1;
    draft.setTask(task.taskId, { state: 'READY', round, failures: 0, outcome: undefined });
    if (round > draft.context.policy.maxResidueRounds) {
      draft.setTask(task.taskId, {
        state: 'DEAD_LETTERED',
        outcome: { kind: 'failed', code: 'residue', retryable: false },
      });
    }
  }
  deriveLifecycle(draft);
}
