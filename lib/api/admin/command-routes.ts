import type { z } from 'zod';
import type { Command } from '../../core/requests/model/command.ts';
import type { Administrator, Caller, Role } from '../auth/caller.ts';
import type { Desk } from '../desk.ts';
import { errorSchema } from '../http/faults.ts';
import { refusalFault } from '../http/refusals.ts';
import { json, route, type Route } from '../http/route.ts';
import {
  detailSchema,
  emptySchema,
  holdSchema,
  params,
  reasonSchema,
  retrySchema,
} from './schemas.ts';
import { describeRequest } from './view.ts';

/** What an administrator may do with a request under way, one route each. */
export function commandRoutes(desk: Desk): Route[] {
  const command = <B extends z.ZodType>(
    name: string,
    summary: string,
    role: Role,
    body: B,
    read: (body: z.output<B>) => Command,
  ): Route =>
    route({
      method: 'post',
      path: `/admin/requests/{id}/${name}`,
      operationId: name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) + 'Request',
      summary,
      tag: 'Administration',
      access: { kind: 'administrator', roles: [role] },
      params,
      body,
      replies: {
        200: { description: 'The request as it is now', schema: detailSchema },
        404: { description: 'There is no such request', schema: errorSchema },
        409: { description: 'Its state, or the law, does not allow it', schema: errorSchema },
      },
      handle: async ({ params: { id }, body: given, caller }) => {
        const actor = { kind: 'administrator', id: administratorOf(caller).id } as const;
        const outcome = await desk.steer(id, actor, read(given));
        if (outcome.kind === 'refused') throw refusalFault(outcome.refusal);
        return json(200, describeRequest(outcome.request));
      },
    });

  return [
    command('approve', 'Approve the work', 'approver', emptySchema, () => ({ kind: 'approve' })),
    command('reject', 'Refuse the request', 'approver', reasonSchema, ({ reason }) => ({
      kind: 'reject',
      reason,
    })),
    command('undo', 'Give back what can be given back', 'approver', reasonSchema, ({ reason }) => ({
      kind: 'undo',
      reason,
    })),
    command('lift', 'End a restriction or objection', 'approver', reasonSchema, ({ reason }) => ({
      kind: 'lift',
      reason,
    })),
    command('pause', 'Stop work; the law goes on', 'operator', reasonSchema, ({ reason }) => ({
      kind: 'pause',
      reason,
    })),
    command('hold', 'Keep data for a legal claim', 'operator', holdSchema, (body) => ({
      kind: 'legal-hold',
      reason: body.reason,
      scope: body.stores ?? 'all',
    })),
    command('release', 'End a pause or hold', 'operator', emptySchema, () => ({ kind: 'release' })),
    command(
      'extend',
      "Lengthen the law's period, once",
      'operator',
      reasonSchema,
      ({ reason }) => ({
        kind: 'extend',
        reason,
      }),
    ),
    command(
      'pause-clock',
      "Stop the law's clock while the data subject owes an answer",
      'operator',
      reasonSchema,
      ({ reason }) => ({ kind: 'pause-clock', reason }),
    ),
    command('resume-clock', "Let the law's clock run again", 'operator', emptySchema, () => ({
      kind: 'resume-clock',
    })),
    command('retry', 'Send failed tasks out again', 'operator', retrySchema, ({ tasks }) => ({
      kind: 'retry',
      tasks,
    })),
    command('cancel', 'Withdraw the request', 'operator', reasonSchema, ({ reason }) => ({
      kind: 'cancel',
      reason,
    })),
  ];
}

/** The app lets only administrators through to these routes. */
export function administratorOf(caller: Caller): Administrator {
  if (caller.kind !== 'administrator') {
    throw new TypeError('an administrators’ route was reached by another caller');
  }
  return caller;
}
