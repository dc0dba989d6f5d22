import { answerCall, type ServiceAnswer } from '../../lib/sample-services/answer-call.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import type { SampleService } from '../../lib/sample-services/sample-service.ts';
import { clearShelves } from '../../lib/sample-services/shelf.ts';
import type { Log } from '../runtime/log.ts';
import { isLapseCall, readServiceCall } from './service-call.ts';

export interface ServeSamplesContext {
  service: SampleService;
  deps: ServiceDependencies;
  log: Log;
}

/** What a function URL answers. */
export interface UrlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A sample service behind the service protocol: called by another function with
 * `{method, path, body}`, answering `{status, body}`, or by HTTPS through its function URL.
 * Who may call is IAM's to say; whoever gets here may. A timer calls it with `{"work":"lapse"}`.
 */
export async function serveSamples(
  event: unknown,
  { service, deps, log }: ServeSamplesContext,
): Promise<ServiceAnswer | UrlAnswer> {
  if (isLapseCall(event)) {
    const expired = await clearShelves(deps, service.stores);
    log.info('Undo windows lapsed', { expired });
    return { status: 200, body: { expired } };
  }
  const call = readServiceCall(event);
  if (call === undefined) return { status: 400, body: { error: { code: 'malformed' } } };
  let answer: ServiceAnswer;
  try {
    answer = await answerCall(service, deps, call);
  } catch (error) {
    log.error('A call could not be answered', error);
    answer = { status: 500, body: { error: { code: 'fault' } } };
  }
  log.info('Call answered', { statusCode: answer.status });
  if (call.carrier === 'function') return answer;
  return {
    statusCode: answer.status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(answer.body),
  };
}
