import type { Identity, SubjectDetails } from '../../core/requests/model/request.ts';
import type { Submission, SubmissionFault } from '../../core/requests/verbs/submission.ts';
import type { Agent } from '../../core/ports/agent-directory.ts';
import { validationFaults, type Fault } from '../http/faults.ts';
import type { Processor } from './processor.ts';
import { extensionSchema, type OpenDsrRequest } from './schemas.ts';

type Read = { ok: true; submission: Submission } | { ok: false; faults: readonly Fault[] };

/** An OpenDSR request in the engine's words, or all that keeps us from taking it. */
export function readSubmission(processor: Processor, agent: Agent, body: OpenDsrRequest): Read {
  const faults: Fault[] = [];
  const extension = extensionSchema.safeParse(ownExtension(processor, body) ?? {});
  if (!extension.success) faults.push(...validationFaults(extension.error, 'body.extensions'));
  const ours = extension.data ?? {};
  const identities = [...(ours.identities ?? []), ...namedIdentities(processor, body, faults)];
  if (identities.length === 0 && faults.length === 0) {
    faults.push(fault('no-identity', 'body.subject_identities: at least one identity is needed'));
  }
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    submission: {
      dsrId: body.subject_request_id,
      type: body.subject_request_type,
      regime: body.regulation,
      controllerId: agent.controllerId,
      channel: 'opendsr',
      language: ours.language ?? 'en',
      details: subjectDetails(body, identities, ours.notify ?? !agent.vouches),
      callbackUrls: [...new Set(body.status_callback_urls ?? [])],
      vouched: agent.vouches,
    },
  };
}

/** The engine's faults, in the words of the body that was sent. */
export function submissionFaults(faults: readonly SubmissionFault[]): Fault[] {
  return faults.map(({ at, reason, message }) => fault(reason, `${at}: ${message}`));
}

function ownExtension(processor: Processor, body: OpenDsrRequest): unknown {
  const { extensions = {} } = body;
  return Object.hasOwn(extensions, processor.domain) ? extensions[processor.domain] : undefined;
}

function namedIdentities(processor: Processor, body: OpenDsrRequest, faults: Fault[]): Identity[] {
  return (body.subject_identities ?? []).flatMap((identity, index) => {
    const identifier = processor.identities[identity.identity_type];
    if (identifier !== undefined && identity.identity_format === 'raw') {
      return [{ identifier, value: identity.identity_value }];
    }
    const { identity_type: type, identity_format: format } = identity;
    faults.push(
      fault(
        'unsupported-identity',
        `body.subject_identities.${index}: ${type} as ${format} is not supported; see /v2/discovery`,
      ),
    );
    return [];
  });
}

function subjectDetails(
  body: OpenDsrRequest,
  identities: readonly Identity[],
  notify: boolean,
): SubjectDetails {
  const email = body.subject_identities?.find(({ identity_type: type }) => type === 'email');
  if (!notify || email === undefined) return { identities };
  return { identities, contact: { kind: 'email', address: email.identity_value } };
}

function fault(reason: string, message: string): Fault {
  return { domain: 'Validation', reason, message };
}
