import type { DataMap } from '../../data-map/schema.ts';
import type { SealedBox } from '../../identity/sealed-box.ts';
import type { Decision } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { deriveLifecycle } from './advance-lifecycle.ts';
import { dispatchTasks } from './dispatch-tasks.ts';
import { Draft, type DecisionContext } from './draft.ts';
import { planTasks } from './plan-tasks.ts';

/** Who the subject turned out to be. */
export type Plan =
  | { readonly kind: 'resolved'; readonly aliases: SealedBox; readonly hashes: readonly string[] }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'put-off'; readonly code: string };

/** Plans the tasks of a resolved subject and sends the first ones out, in one write. */
export function decidePlan(
  request: DsrRequest,
  plan: Plan,
  dataMap: DataMap,
  context: DecisionContext,
): Decision {
  const draft = new Draft(request, context);
  const { timeouts } = context.policy;
  if (plan.kind === 'resolved') {
    const tasks = planTasks(dataMap, request.type, draft.now);
    const { aliases, hashes } = plan;
    draft.set({ tasks, workAt: undefined });
    draft.set({ subject: { ...request.subject, aliases, hashes } });
    draft.moveTo('IN_PROGRESS');
    draft.record('planned', { systems: tasks.map(({ taskId }) => taskId) });
    dispatchTasks(draft);
    deriveLifecycle(draft);
  } else if (plan.kind === 'ambiguous') {
    // Erasing two people for one would be worse than waiting for somebody to look.
    draft.moveTo('WAITING', 'identity-ambiguous');
    draft.set({ workAt: draft.now + timeouts.hold, remindAt: draft.now + timeouts.hold });
    draft.tell('administrators', 'stuck', { reason: 'identity-ambiguous' });
  } else {
    draft.moveTo('WAITING', 'crosswalk-unavailable');
    draft.set({ workAt: draft.now + timeouts.waiting });
    draft.record('planning-put-off', { code: plan.code });
  }
  return draft.decide();
}
