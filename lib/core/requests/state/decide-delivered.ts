import type { CallbackOutcome } from '../../ports/callbacks.ts';
import type { NoticeOutcome } from '../../ports/notifier.ts';
import type { Decision } from '../model/decision.ts';
import type { NoticeMessage, OutboxMessage } from '../model/outbox-message.ts';
import type { DsrRequest } from '../model/request.ts';
import { backOff } from './back-off.ts';
import { Draft, type DecisionContext } from './draft.ts';

export type Delivery = NoticeOutcome | CallbackOutcome;

/** Takes delivered messages out of the outbox, and gives the others a time for their next try. */
export function decideDelivered(
  request: DsrRequest,
  deliveries: ReadonlyMap<number, Delivery>,
  context: DecisionContext,
): Decision {
  const draft = new Draft(request, context);
  const left: OutboxMessage[] = [];
  for (const message of request.outbox) {
    const delivery = deliveries.get(message.seq);
    const next = delivery === undefined ? message : settleMessage(draft, message, delivery);
    if (next !== undefined) left.push(next);
  }
  const same = left.every((message, index) => message === request.outbox[index]);
  if (!same || left.length < request.outbox.length) draft.set({ outbox: left });
  return draft.decide();
}

/** What remains of a message in the outbox; undefined once nobody need try again. */
function settleMessage(
  draft: Draft,
  message: OutboxMessage,
  delivery: Delivery,
): OutboxMessage | undefined {
  const { delivery: rule } = draft.context.policy;
  if (delivery.kind === 'accepted' || delivery.kind === 'already-accepted') {
    if (message.kind === 'notice') noteAccepted(draft, message);
    return undefined;
  }
  const failures = message.failures + 1;
  // Orders and liftings are owed to the subject: they are tried until they arrive.
  const owed = message.kind === 'order' || message.kind === 'lift-suppression';
  if (delivery.kind === 'failed' && (owed || failures < rule.maxFailures)) {
    if (isForSubject(message)) draft.set({ notification: 'RETRYING' });
    return {
      ...message,
      failures,
      retryAt: draft.now + backOff(rule, failures, draft.context.jitter),
    };
  }
  if (isForSubject(message)) draft.set({ notification: 'UNDELIVERABLE' });
  draft.record('undeliverable', {
    message: message.kind,
    seq: message.seq,
    code: delivery.code,
    ...(message.kind === 'notice' && { notice: message.notice, audience: message.audience }),
  });
  return undefined;
}

function noteAccepted(draft: Draft, message: NoticeMessage): void {
  const { notice, audience, seq } = message;
  draft.record('notice-accepted', { notice, audience, seq });
  if (!isForSubject(message)) return;
  draft.set({ notification: 'SENT' });
  const { clock } = draft.request;
  const acknowledges = notice === 'received' || notice === 'verify-identity';
  if (acknowledges && clock.acknowledgedAt === undefined) {
    draft.set({ clock: { ...clock, acknowledgedAt: draft.now } });
  }
}

function isForSubject(message: OutboxMessage): boolean {
  return message.kind === 'notice' && message.audience === 'subject';
}
