import * as z from 'zod';
import type { Clock } from '../../core/ports/clock.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import type { Agent } from '../../core/ports/agent-directory.ts';
import type { Caller } from '../auth/caller.ts';
import type { Desk } from '../desk.ts';
import { ApiFault, errorSchema } from '../http/faults.ts';
import { notFound, refusalFault } from '../http/refusals.ts';
import { json, route, type Reply, type ReplyShape, type Route } from '../http/route.ts';
import type { DescribedRoute } from '../openapi/document.ts';
import type { Processor } from './processor.ts';
import {
  API_VERSION,
  callbackSchema,
  cancelledSchema,
  createdSchema,
  discoverySchema,
  requestId,
  requestSchema,
  statusSchema,
  SUBJECT_REQUEST_TYPES,
  type IdentityType,
} from './schemas.ts';
import { instant, openDsrStatus, statusBody } from './status.ts';
import { readSubmission, submissionFaults } from './submission.ts';

const tag = 'OpenDSR';
const agent = { kind: 'agent' } as const;
const refused: ReplyShape = { description: 'Refused; nothing was changed', schema: errorSchema };
const params = z.object({ id: requestId });
const SIGNED = {
  'X-OpenDSR-Processor-Domain': 'The domain for which the signing certificate was issued',
  'X-OpenDSR-Signature': 'Base64 of the RSA PKCS#1 v1.5 signature, SHA-256, over the raw body',
};

/** What we post to every status callback URL, signed, on every change of state. */
export const STATUS_CALLBACK: DescribedRoute = {
  method: 'post',
  path: '{status_callback_url}',
  operationId: 'statusCallback',
  summary: 'The state of a request has changed; verify the signature over the raw body first',
  tag,
  access: { kind: 'open' },
  body: callbackSchema,
  replies: { 202: { description: 'Taken; any 2xx will do, anything else brings it again' } },
};

/** OpenDSR 2.0: discovery, create, status, cancel, the certificate, and the old names of them all. */
export function openDsrRoutes(desk: Desk, processor: Processor, clock: Clock): Route[] {
  const discovery = route({
    method: 'get',
    path: '/v2/discovery',
    operationId: 'discover',
    summary: 'What this processor supports',
    tag,
    access: { kind: 'open' },
    replies: { 200: { description: 'Supported identities and types', schema: discoverySchema } },
    handle: () => Promise.resolve(json(200, discoveryBody(processor))),
  });

  const create = route({
    method: 'post',
    path: '/v2/requests',
    operationId: 'createRequest',
    summary: 'File a data subject request; the same body again gets the same answer',
    tag,
    access: agent,
    body: requestSchema,
    replies: {
      201: { description: 'Received', schema: createdSchema, headers: SIGNED },
      400: refused,
    },
    handle: async ({ body, bytes, caller }) => {
      const read = readSubmission(processor, agentOf(caller), body);
      if (!read.ok) throw new ApiFault(400, read.faults);
      const outcome = await desk.submit(read.submission);
      switch (outcome.kind) {
        case 'accepted':
        case 'repeated':
          return signed(201, {
            controller_id: outcome.request.controllerId,
            expected_completion_time: instant(outcome.request.clock.dueAt),
            received_time: instant(outcome.request.receivedAt),
            encoded_request: Buffer.from(bytes).toString('base64'),
            subject_request_id: outcome.request.dsrId,
          });
        case 'id-taken':
          throw new ApiFault(400, {
            domain: 'Request',
            reason: 'id-taken',
            message: 'body.subject_request_id: belongs to another request; make a new one',
          });
        case 'invalid':
          throw new ApiFault(400, submissionFaults(outcome.faults));
      }
    },
  });

  const status = route({
    method: 'get',
    path: '/v2/requests/{id}',
    operationId: 'requestStatus',
    summary: 'How far a request is',
    tag,
    access: agent,
    params,
    replies: {
      200: { description: 'The status', schema: statusSchema, headers: SIGNED },
      404: refused,
    },
    handle: async ({ params: { id }, caller }) => {
      const request = await loadOwn(desk, id, agentOf(caller));
      return signed(200, statusBody(processor, request, openDsrStatus(request.lifecycle)));
    },
  });

  const cancel = route({
    method: 'delete',
    path: '/v2/requests/{id}',
    operationId: 'withdrawRequest',
    summary: 'Withdraw a request, as long as it is pending',
    tag,
    access: agent,
    params,
    replies: {
      202: { description: 'Withdrawn', schema: cancelledSchema, headers: SIGNED },
      400: refused,
      404: refused,
    },
    handle: async ({ params: { id }, caller }) => {
      const own = agentOf(caller);
      const request = await loadOwn(desk, id, own);
      if (request.lifecycle !== 'CANCELLED') {
        if (openDsrStatus(request.lifecycle) !== 'pending') throw notPending();
        const actor = { kind: 'agent', id: own.agentId } as const;
        const command = { kind: 'cancel', reason: 'withdrawn' } as const;
        const outcome = await desk.steer(id, actor, command);
        if (outcome.kind === 'refused') {
          throw outcome.refusal.code === 'busy' ? refusalFault(outcome.refusal) : notPending();
        }
      }
      return signed(202, {
        controller_id: request.controllerId,
        subject_request_id: id,
        received_time: instant(clock.now()),
        api_version: API_VERSION,
      });
    },
  });

  const certificate = route({
    method: 'get',
    path: '/cert.pem',
    operationId: 'processorCertificate',
    summary: 'The certificate whose key signs answers and callbacks',
    tag,
    access: { kind: 'open' },
    replies: { 200: { description: 'PEM', mediaType: 'application/x-pem-file' } },
    handle: () =>
      Promise.resolve({
        status: 200,
        body: { kind: 'text', mediaType: 'application/x-pem-file', text: processor.certificatePem },
      } satisfies Reply),
  });

  return [
    discovery,
    create,
    status,
    cancel,
    certificate,
    // Section 3.1 names "/status", section 8 never uses it.
    alias(status, '/v2/status/{id}', 'requestStatusAlias'),
    // Section 10.1: the names from before the rename are honoured.
    alias(discovery, '/discovery', 'discoverOpenGdpr'),
    alias(create, '/opengdpr_requests', 'createOpenGdprRequest'),
    alias(status, '/opengdpr_requests/{id}', 'openGdprRequestStatus'),
    alias(cancel, '/opengdpr_requests/{id}', 'withdrawOpenGdprRequest'),
  ];
}

function alias(original: Route, path: string, operationId: string): Route {
  return { ...original, path, operationId, deprecated: true };
}

function discoveryBody(processor: Processor): z.infer<typeof discoverySchema> {
  return {
    api_version: API_VERSION,
    supported_identities: (Object.keys(processor.identities) as IdentityType[]).map((type) => ({
      identity_type: type,
      identity_format: 'raw',
    })),
    supported_subject_request_types: [...SUBJECT_REQUEST_TYPES],
    processor_certificate: `${processor.baseUrl}/cert.pem`,
  };
}

function signed(status: number, value: unknown): Reply {
  return { ...json(status, value), signed: true };
}

/** Another controller's request is answered like one that does not exist. */
async function loadOwn(desk: Desk, id: string, { controllerId }: Agent): Promise<DsrRequest> {
  const request = await desk.load(id);
  if (request === undefined || request.controllerId !== controllerId) throw notFound();
  return request;
}

function notPending(): ApiFault {
  return new ApiFault(400, {
    domain: 'Request',
    reason: 'not-pending',
    message: 'only a pending request can be withdrawn',
  });
}

/** The app lets only agents through to these routes. */
function agentOf(caller: Caller): Agent {
  if (caller.kind !== 'agent') throw new TypeError('an agent route was reached by another caller');
  return caller;
}
