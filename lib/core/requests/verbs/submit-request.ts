import { emptyChain } from '../../audit/chain.ts';
import { identityToken, tokenHash } from '../../identity/one-time-token.ts';
import { NONCE_BYTES } from '../../identity/sealed-box.ts';
import { requestKeyName, sealDetails } from '../../identity/subject-boxes.ts';
import { subjectHashes } from '../../identity/subject-hash.ts';
import { startClock } from '../law/law-clock.ts';
import type { Actor } from '../model/command.ts';
import type { Decision } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { passIdentity } from '../state/advance-lifecycle.ts';
import { claimSubject, endAsDuplicate } from '../state/decide-identity.ts';
import { Draft, type DecisionContext } from '../state/draft.ts';
import { commit, decisionContext } from './commit.ts';
import type { EngineDependencies, WritingDependencies } from './dependencies.ts';
import {
  intakeHash,
  submissionFaults,
  type Submission,
  type SubmissionFault,
} from './submission.ts';

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly request: DsrRequest }
  /** The same submission again: nothing was changed. */
  | { readonly kind: 'repeated'; readonly request: DsrRequest }
  /** The id belongs to another submission. */
  | { readonly kind: 'id-taken' }
  /** Every fault, without personal data; nothing was stored. */
  | { readonly kind: 'invalid'; readonly faults: readonly SubmissionFault[] };

/** Takes a request in: seals who it is about, starts the law's clock, writes it as one item. */
export async function submitRequest(
  deps: WritingDependencies & Pick<EngineDependencies, 'keys' | 'dataMap' | 'subjectHashKey'>,
  submission: Submission,
): Promise<SubmitOutcome> {
  const faults = submissionFaults(submission, deps.dataMap, deps.policy);
  if (faults.length > 0) return { kind: 'invalid', faults };

  const known = await findEarlier(deps, submission);
  if (known !== undefined) return known;
  const key = await deps.keys.create(requestKeyName(submission.dsrId));
  if (key.kind !== 'key') return { kind: 'id-taken' };

  const context = decisionContext(deps);
  const blank = blankRequest(deps, submission, key.key, context.now);
  let saved = await commit(deps, blank, receive(blank, context));
  if (saved.kind === 'claimed')
    saved = await commit(deps, blank, receive(blank, context, saved.by));
  if (saved.kind === 'saved') return { kind: 'accepted', request: saved.request };
  // Somebody else wrote the same id in between.
  return (await findEarlier(deps, submission)) ?? { kind: 'id-taken' };
}

async function findEarlier(
  deps: Pick<EngineDependencies, 'requests' | 'subjectHashKey'>,
  submission: Submission,
): Promise<SubmitOutcome | undefined> {
  const request = await deps.requests.load(submission.dsrId);
  if (request === undefined) return undefined;
  return request.intakeHash === intakeHash(deps.subjectHashKey, submission)
    ? { kind: 'repeated', request }
    : { kind: 'id-taken' };
}

function receive(
  blank: DsrRequest,
  context: DecisionContext,
  duplicateOf?: string,
): Extract<Decision, { kind: 'decided' }> {
  const draft = new Draft(blank, context);
  const { type, regime, channel, clock, controllerId } = blank;
  draft.record('received', { type, regime, channel, due: clock.due }, sender(blank, controllerId));
  if (duplicateOf !== undefined) {
    endAsDuplicate(draft, duplicateOf);
  } else if (blank.identity.kind === 'PENDING') {
    draft.moveTo('AWAITING_IDENTITY');
    draft.tell('subject', 'verify-identity', { due: clock.due });
  } else {
    draft.tell('subject', 'received', { due: clock.due });
    claimSubject(draft);
    passIdentity(draft);
  }
  return draft.decide() as Extract<Decision, { kind: 'decided' }>;
}

function sender({ channel }: DsrRequest, controllerId: string): Actor {
  if (channel === 'direct') return { kind: 'subject' };
  return { kind: channel === 'admin' ? 'administrator' : 'agent', id: controllerId };
}

function blankRequest(
  deps: Pick<EngineDependencies, 'random' | 'policy' | 'dataMap' | 'subjectHashKey'>,
  submission: Submission,
  key: Uint8Array,
  now: number,
): DsrRequest {
  const { dsrId, type, regime, details, policy } = { ...submission, policy: deps.policy };
  const calendar = { timeZone: policy.timeZone, holidays: policy.holidays };
  return {
    schema: 1,
    dsrId,
    version: 0,
    type,
    regime,
    controllerId: submission.controllerId,
    channel: submission.channel,
    language: submission.language,
    receivedAt: now,
    updatedAt: now,
    intakeHash: intakeHash(deps.subjectHashKey, submission),
    lifecycle: 'RECEIVED',
    lifecycleSince: now,
    clock: startClock({ regime: policy.regimes[regime]!, type, calendar }, now),
    hold: { kind: 'NONE' },
    verification: 'NOT_STARTED',
    notification: 'PENDING',
    intent: 'fulfil',
    identity: submission.vouched
      ? { kind: 'VOUCHED' }
      : {
          kind: 'PENDING',
          tokenHash: tokenHash(identityToken(key, dsrId)),
          expiresAt: now + policy.identity.lifetime,
          triesLeft: policy.identity.maxTries,
        },
    approvals: [],
    subject: {
      hashes: subjectHashes(deps.subjectHashKey, deps.dataMap, details.identities),
      contactable: details.contact !== undefined,
      details: sealDetails(key, dsrId, details, deps.random.bytes(NONCE_BYTES)),
    },
    tasks: [],
    destructiveStarted: false,
    callbackUrls: submission.callbackUrls,
    claims: [],
    outbox: [],
    outboxSeq: 0,
    audit: emptyChain(dsrId),
  };
}
