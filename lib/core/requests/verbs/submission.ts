import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../audit/canonical-json.ts';
import type { DataMap } from '../../data-map/schema.ts';
import { normaliseIdentity } from '../../identity/normalise-identity.ts';
import type { Policy } from '../model/policy.ts';
import type { DsrRequest, RequestType, SubjectDetails } from '../model/request.ts';

/** A request as intake has parsed it. */
export interface Submission {
  /** Lower-case UUID; made by the controller (OpenDSR) or by intake. */
  readonly dsrId: string;
  readonly type: RequestType;
  readonly regime: string;
  readonly controllerId: string;
  readonly channel: DsrRequest['channel'];
  readonly language: string;
  readonly details: SubjectDetails;
  readonly callbackUrls: readonly string[];
  /** Whether who sends it answers for the subject's identity; otherwise a one-time link is mailed. */
  readonly vouched: boolean;
}

export interface SubmissionFault {
  /** Path into the submission: `details.identities.0.identifier`. */
  readonly at: string;
  /** A code: `unknown-identifier`, `unsupported-type`, `no-contact`. */
  readonly reason: string;
  readonly message: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Keeps the item, its claims and a service's call within bounds. */
const MOST_IDENTITIES = 20;
const MOST_CALLBACKS = 5;
const MOST_CORRECTIONS = 100;
const LONGEST_VALUE = 1_000;
const LONGEST_URL = 2_000;

/** All that is wrong with a submission, in words that repeat nothing of its content. */
export function submissionFaults(
  submission: Submission,
  dataMap: DataMap,
  policy: Policy,
): readonly SubmissionFault[] {
  const faults: SubmissionFault[] = [];
  const add = (at: string, reason: string, message: string) => faults.push({ at, reason, message });
  const { details, callbackUrls } = submission;

  if (!UUID.test(submission.dsrId)) add('dsrId', 'malformed', 'must be a lower-case UUID');
  const regime = policy.regimes[submission.regime];
  if (regime === undefined) {
    add('regime', 'unknown-regime', `must be one of ${Object.keys(policy.regimes).join(', ')}`);
  } else if (!regime.types.includes(submission.type)) {
    add('type', 'unsupported-type', `must be one of ${regime.types.join(', ')}`);
  }
  const count = details.identities.length;
  if (count < 1 || count > MOST_IDENTITIES) {
    add('details.identities', 'count', `must be 1 to ${MOST_IDENTITIES}`);
  }
  for (const [index, identity] of details.identities.entries()) {
    const at = `details.identities.${index}`;
    if (!Object.hasOwn(dataMap.identifiers, identity.identifier)) {
      const known = Object.keys(dataMap.identifiers).join(', ');
      add(`${at}.identifier`, 'unknown-identifier', `must be one of ${known}`);
    }
    const { value } = normaliseIdentity(dataMap, identity);
    if (value === '' || identity.value.length > LONGEST_VALUE) {
      add(`${at}.value`, 'malformed', `must have 1 to ${LONGEST_VALUE} characters that count`);
    }
  }
  if (!submission.vouched && details.contact === undefined) {
    add('details.contact', 'no-contact', 'is needed to confirm who asks');
  }
  const corrections = Object.entries(details.corrections ?? {});
  if (submission.type === 'rectification' && corrections.length === 0) {
    add('details.corrections', 'missing', 'a rectification must say what is right');
  }
  if (
    corrections.length > MOST_CORRECTIONS ||
    corrections.some(([field, value]) => field.length + value.length > LONGEST_VALUE)
  ) {
    add('details.corrections', 'too-large', `at most ${MOST_CORRECTIONS}, each short`);
  }
  if (callbackUrls.length > MOST_CALLBACKS || callbackUrls.some((u) => u.length > LONGEST_URL)) {
    add('callbackUrls', 'too-large', `at most ${MOST_CALLBACKS}, each short`);
  }
  return faults;
}

/** Tells a repeated submission from another one under the same id; keyed, since it is personal. */
export function intakeHash(key: Uint8Array, submission: Submission): string {
  return createHmac('sha256', key)
    .update(`lethe-intake/1\0${canonicalJson(submission)}`)
    .digest('base64url');
}
