import * as z from 'zod';
import {
  answerServiceCall,
  type ServedStores,
  type ServiceCallAnswer,
} from '../../lib/core/services/answer-service-call.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Log } from '../runtime/log.ts';

export interface ServeWarehouseContext {
  readonly served: ServedStores;
  readonly log: Log;
}

/** As another function calls: the protocol's words, nothing around them. */
const directCall = z.object({
  method: z.enum(['GET', 'POST']),
  path: z.string().startsWith('/').max(200),
  body: z.unknown().optional(),
});

/** What is done for each table of the data map: all but what only services can do. */
export function tableStores({ stores }: Pick<DataMap, 'stores'>): ServedStores['stores'] {
  return Object.entries(stores)
    .filter(([, { kind }]) => kind === 'table')
    .map(([name, { identifiers }]) => ({
      name,
      operations: ['gather', 'rectify', 'erase', 'restrict', 'object', 'undo'],
      identifiers: Object.keys(identifiers),
      tracking: 'horizontal',
    }));
}

/**
 * The warehouse's tables behind the service protocol, called by another function with
 * `{method, path, body}` and answering `{status, body}`. Who may call is IAM's to say.
 */
export async function serveWarehouse(
  event: unknown,
  { served, log }: ServeWarehouseContext,
): Promise<ServiceCallAnswer> {
  const call = directCall.safeParse(event);
  if (!call.success) return { status: 400, body: { error: { code: 'malformed' } } };
  let answer: ServiceCallAnswer;
  try {
    const { method, path, body } = call.data;
    answer = await answerServiceCall(served, { method, path, body });
  } catch (error) {
    log.error('A call could not be answered', error);
    answer = { status: 500, body: { error: { code: 'fault' } } };
  }
  log.info('Call answered', { statusCode: answer.status });
  return answer;
}
