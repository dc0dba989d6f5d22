import { requestKeyName } from '../../identity/subject-boxes.ts';
import type { OrderMessage, OutboxMessage } from '../model/outbox-message.ts';
import type { DsrRequest } from '../model/request.ts';
import { decideDelivered, type Delivery } from '../state/decide-delivered.ts';
import { changeRequest } from './commit.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { EngineDependencies, WritingDependencies } from './dependencies.ts';
import { sendNotice } from './send-notice.ts';

export type RelayDependencies = WritingDependencies &
  Pick<EngineDependencies, 'keys' | 'tasks' | 'notifier' | 'callbacks' | 'liftSuppression'>;

/**
 * Hands on what waits in a request's outbox: orders, notices, callbacks, each until it is accepted.
 * A crash in between repeats the delivery; notices carry a dedupe key against that.
 */
export async function relayOutbox(deps: RelayDependencies, dsrId: string): Promise<VerbOutcome> {
  const request = await deps.requests.load(dsrId);
  if (request === undefined) return { kind: 'refused', refusal: { code: 'not-found' } };
  const due = dueMessages(request, deps.clock.now());
  if (due.length === 0) return { kind: 'done', request };
  const deliveries = new Map<number, Delivery>();
  await publishOrders(deps, due, deliveries);
  for (const message of due) {
    if (message.kind !== 'order')
      deliveries.set(message.seq, await deliver(deps, request, message));
  }
  return changeRequest(deps, dsrId, (current, context) =>
    decideDelivered(current, deliveries, context),
  );
}

/** Messages that may be tried now. */
export function dueMessages({ outbox }: DsrRequest, now: number): readonly OutboxMessage[] {
  return outbox.filter(({ retryAt }) => retryAt === undefined || retryAt <= now);
}

async function publishOrders(
  deps: RelayDependencies,
  due: readonly OutboxMessage[],
  deliveries: Map<number, Delivery>,
): Promise<void> {
  const messages = due.filter((message): message is OrderMessage => message.kind === 'order');
  if (messages.length === 0) return;
  const outcomes = await settle(deps.tasks.publish(messages.map(({ order }) => order)));
  for (const [index, { seq }] of messages.entries()) {
    const ok = outcomes?.[index]?.ok === true;
    deliveries.set(seq, ok ? { kind: 'accepted' } : { kind: 'failed', code: 'not-published' });
  }
}

async function deliver(
  deps: RelayDependencies,
  request: DsrRequest,
  message: Exclude<OutboxMessage, OrderMessage>,
): Promise<Delivery> {
  const failed = { kind: 'failed', code: 'delivery-threw' } as const;
  switch (message.kind) {
    case 'notice': {
      const key = await deps.keys.get(requestKeyName(request.dsrId));
      return (await settle(sendNotice(deps.notifier, request, message, key))) ?? failed;
    }
    case 'callback':
      return (await settle(deps.callbacks.post(message, request))) ?? failed;
    case 'lift-suppression': {
      const lifted = await settle(deps.liftSuppression(request.dsrId).then(() => true));
      return lifted === true ? { kind: 'accepted' } : failed;
    }
  }
}

/** An adapter that throws has failed; what it threw may quote an address and is not passed on. */
async function settle<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
