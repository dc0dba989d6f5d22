import { closeRequest, mayClose } from './close-request.ts';
import { concludeRequest, mayConclude } from './conclude-request.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { EngineDependencies } from './dependencies.ts';
import { orchestrate } from './orchestrate.ts';
import { dueMessages, relayOutbox } from './relay-outbox.ts';

export type DriveDependencies = Omit<EngineDependencies, 'events' | 'fetchGathered'>;

/**
 * Does for one request whatever is due now: orchestrate, relay, conclude, close. Called on every
 * change of the request (DynamoDB stream, or the local queue) and by the watcher.
 */
export async function driveRequest(deps: DriveDependencies, dsrId: string): Promise<VerbOutcome> {
  let outcome = await orchestrate(deps, dsrId);
  const then = async (
    due: (request: Extract<VerbOutcome, { kind: 'done' }>['request']) => boolean,
    verb: (deps: DriveDependencies, dsrId: string) => Promise<VerbOutcome>,
  ): Promise<void> => {
    if (outcome.kind === 'done' && due(outcome.request)) outcome = await verb(deps, dsrId);
  };
  await then((request) => mayConclude(request, deps.clock.now()), concludeRequest);
  await then((request) => dueMessages(request, deps.clock.now()).length > 0, relayOutbox);
  await then(mayClose, closeRequest);
  return outcome;
}
