import { NONCE_BYTES } from '../../identity/sealed-box.ts';
import { openDetails, requestKeyName, sealAliases } from '../../identity/subject-boxes.ts';
import { subjectHashes } from '../../identity/subject-hash.ts';
import type { SealedBox } from '../../identity/sealed-box.ts';
import type { DsrRequest } from '../model/request.ts';
import { passTime } from '../state/pass-time.ts';
import { decidePlan, type Plan } from '../state/decide-plan.ts';
import { Draft } from '../state/draft.ts';
import { stopsAll } from '../state/holds.ts';
import { changeRequest } from './commit.ts';
import type { VerbOutcome } from './confirm-identity.ts';
import type { EngineDependencies, WritingDependencies } from './dependencies.ts';

type OrchestrateDependencies = WritingDependencies &
  Pick<EngineDependencies, 'keys' | 'crosswalk' | 'dataMap' | 'subjectHashKey'>;

/**
 * Brings a request as far as it can go now: resolves the subject through the crosswalk once, seals
 * the alias snapshot, plans the tasks, puts those that are ready into the outbox, and lets time pass
 * (grace over, attempts lost, retries due). Doing it twice equals doing it once.
 */
export async function orchestrate(
  deps: OrchestrateDependencies,
  dsrId: string,
): Promise<VerbOutcome> {
  const timed = await changeRequest(deps, dsrId, (request, context) => {
    const draft = new Draft(request, context);
    passTime(draft);
    return draft.decide();
  });
  if (timed.kind === 'refused' || !wantsPlan(timed.request, deps.clock.now())) return timed;
  const plan = await resolveSubject(deps, timed.request);
  return changeRequest(deps, dsrId, (request, context) => {
    if (!wantsPlan(request, context.now)) return { kind: 'unchanged', request };
    return decidePlan(request, plan, deps.dataMap, context);
  });
}

function wantsPlan(request: DsrRequest, now: number): boolean {
  const { lifecycle, subject, hold, workAt } = request;
  return (
    (lifecycle === 'IN_PROGRESS' || lifecycle === 'WAITING') &&
    subject.aliases === undefined &&
    !stopsAll(hold) &&
    workAt !== undefined &&
    now >= workAt
  );
}

/** Opens what intake sealed, asks who that is everywhere, and seals the answer. */
async function resolveSubject(deps: OrchestrateDependencies, request: DsrRequest): Promise<Plan> {
  const { dsrId, subject } = request;
  const key = await deps.keys.get(requestKeyName(dsrId));
  if (key.kind !== 'key' || subject.details === undefined) {
    return { kind: 'put-off', code: `key-${key.kind}` };
  }
  const { identities } = openDetails(key.key, dsrId, subject.details);
  const resolution = await deps.crosswalk.resolve(identities);
  switch (resolution.kind) {
    case 'failed':
      return { kind: 'put-off', code: resolution.code };
    case 'ambiguous':
      return { kind: 'ambiguous' };
    case 'unknown':
    case 'resolved': {
      // Nobody in the crosswalk may still be somebody in a store: the given identities are asked for.
      const all =
        resolution.kind === 'resolved' ? [...identities, ...resolution.identities] : identities;
      const unique = [...new Map(all.map((i) => [`${i.identifier}\0${i.value}`, i])).values()];
      const aliases: SealedBox = sealAliases(
        key.key,
        dsrId,
        { takenAt: deps.clock.now(), identities: unique },
        deps.random.bytes(NONCE_BYTES),
      );
      return {
        kind: 'resolved',
        aliases,
        hashes: subjectHashes(deps.subjectHashKey, deps.dataMap, unique),
      };
    }
  }
}
