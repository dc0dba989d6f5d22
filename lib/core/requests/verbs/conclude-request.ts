import { openAliases, requestKeyName } from '../../identity/subject-boxes.ts';
import type { DsrRequest } from '../model/request.ts';
import { decideConclusion, type Conclusion } from '../state/decide-conclusion.ts';
import { stopsAll } from '../state/holds.ts';
import { changeRequest } from './commit.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { EngineDependencies, WritingDependencies } from './dependencies.ts';

type ConcludeDependencies = WritingDependencies &
  Pick<EngineDependencies, 'keys' | 'services' | 'packager' | 'dataMap'>;

/**
 * Ends a request whose tasks are all done. An erasure is looked for again in every store first
 * (residue sends it back); an access or portability request gets its package.
 */
export async function concludeRequest(
  deps: ConcludeDependencies,
  dsrId: string,
): Promise<VerbOutcome> {
  const request = await deps.requests.load(dsrId);
  if (request === undefined) return { kind: 'refused', refusal: { code: 'not-found' } };
  if (!mayConclude(request, deps.clock.now())) {
    return { kind: 'refused', refusal: { code: 'wrong-state', state: request.lifecycle } };
  }
  const conclusion = await findConclusion(deps, request);
  return changeRequest(deps, dsrId, (current, context) =>
    // What was found holds for the tasks that were looked at, not for a later round.
    sameRounds(current, request)
      ? decideConclusion(current, conclusion, context)
      : { kind: 'unchanged', request: current },
  );
}

function sameRounds(current: DsrRequest, seen: DsrRequest): boolean {
  return current.tasks.every(({ attempt }, index) => attempt === seen.tasks[index]?.attempt);
}

/** Whether a request's tasks are done, its in-flight data has settled, and nothing holds it. */
export function mayConclude(request: DsrRequest, now: number): boolean {
  return (
    request.lifecycle === 'VERIFYING' &&
    request.intent === 'fulfil' &&
    !stopsAll(request.hold) &&
    now >= (request.workAt ?? 0)
  );
}

async function findConclusion(
  deps: ConcludeDependencies,
  request: DsrRequest,
): Promise<Conclusion> {
  switch (request.type) {
    case 'erasure':
      return verifyErasure(deps, request);
    case 'access':
    case 'portability': {
      const made = await deps.packager.build(request);
      if (made.kind === 'failed') return { kind: 'unknown', code: made.code };
      return { kind: 'proved', package: { reference: made.reference, expiresAt: made.expiresAt } };
    }
    case 'rectification':
    case 'restriction':
    case 'objection':
      return { kind: 'proved' };
  }
}

/** Looks for the subject in every store that was to forget them; their own word does not count. */
async function verifyErasure(
  deps: Pick<EngineDependencies, 'keys' | 'services' | 'dataMap'>,
  { dsrId, subject, tasks }: DsrRequest,
): Promise<Conclusion> {
  const key = await deps.keys.get(requestKeyName(dsrId));
  if (key.kind !== 'key' || subject.aliases === undefined) {
    return { kind: 'unknown', code: `key-${key.kind}` };
  }
  const { identities } = openAliases(key.key, dsrId, subject.aliases);
  const residue: string[] = [];
  let unseen: string | undefined;
  for (const { taskId, state } of tasks) {
    if (state === 'EXEMPT') continue;
    const known = deps.dataMap.stores[taskId]?.identifiers ?? {};
    const asked = identities.filter(({ identifier }) => Object.hasOwn(known, identifier));
    if (asked.length === 0) continue;
    const reply = await lookUp(deps, taskId, asked);
    if (reply.kind === 'failed') unseen = reply.code;
    else if (reply.kind === 'present' && reply.erasable > 0) residue.push(taskId);
  }
  if (residue.length > 0) return { kind: 'residue', stores: residue };
  return unseen === undefined ? { kind: 'proved' } : { kind: 'unknown', code: unseen };
}

async function lookUp(
  { services }: Pick<EngineDependencies, 'services'>,
  ...asked: Parameters<EngineDependencies['services']['lookUp']>
): ReturnType<EngineDependencies['services']['lookUp']> {
  try {
    return await services.lookUp(...asked);
  } catch {
    return { kind: 'failed', code: 'look-up-threw' };
  }
}
