import type { z } from 'zod';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import type { RequestFilter } from '../../core/ports/request-store.ts';
import { ROLES } from '../auth/caller.ts';
import type { Desk } from '../desk.ts';
import { ApiFault, errorSchema } from '../http/faults.ts';
import { notFound } from '../http/refusals.ts';
import { json, route, type Reply, type Route } from '../http/route.ts';
import { submissionFaults } from '../opendsr/submission.ts';
import { administratorOf, commandRoutes } from './command-routes.ts';
import {
  auditSchema,
  detailSchema,
  fileSchema,
  listQuery,
  pageSchema,
  params,
  receiptSchema,
  searchSchema,
} from './schemas.ts';
import { describeAudit, describeRequest, summarise } from './view.ts';

const tag = 'Administration';
const anyRole = { kind: 'administrator', roles: ROLES } as const;
const PAGE = 25;

/** The administrators' API: what the dashboard calls. */
export function adminRoutes(desk: Desk): Route[] {
  const page = async (filter: RequestFilter, limit: number, cursor?: string): Promise<Reply> => {
    const found = await desk.list(filter, limit, cursor);
    return json(200, { requests: found.requests.map(summarise), cursor: found.cursor });
  };

  return [
    route({
      method: 'get',
      path: '/admin/requests',
      operationId: 'listRequests',
      summary: 'Requests, the newest first',
      tag,
      access: anyRole,
      query: listQuery,
      replies: { 200: { description: 'A page', schema: pageSchema } },
      handle: ({ query }) => page(readFilter(query), Number(query.limit ?? PAGE), query.cursor),
    }),
    route({
      method: 'post',
      path: '/admin/searches',
      operationId: 'searchSubject',
      summary: "A data subject's requests; only a keyed hash of the identity is compared",
      tag,
      access: anyRole,
      body: searchSchema,
      replies: { 200: { description: 'A page', schema: pageSchema } },
      handle: ({ body: { identifier, value, limit, cursor } }) =>
        page({ subjectHash: desk.searchHash({ identifier, value }) }, limit ?? PAGE, cursor),
    }),
    route({
      method: 'post',
      path: '/admin/requests',
      operationId: 'fileRequest',
      summary: 'File a request for a data subject; the same id and body again is the same request',
      tag,
      access: { kind: 'administrator', roles: ['operator'] },
      body: fileSchema,
      replies: {
        201: { description: 'Received', schema: detailSchema },
        400: { description: 'Refused; nothing was stored', schema: errorSchema },
        409: { description: 'The id belongs to another request', schema: errorSchema },
      },
      handle: ({ body, caller }) => fileRequest(desk, administratorOf(caller).id, body),
    }),
    route({
      method: 'get',
      path: '/admin/requests/{id}',
      operationId: 'getRequest',
      summary: 'One request with its tasks',
      tag,
      access: anyRole,
      params,
      replies: {
        200: { description: 'The request', schema: detailSchema },
        404: { description: 'There is no such request', schema: errorSchema },
      },
      handle: async ({ params: { id } }) => json(200, describeRequest(await load(desk, id))),
    }),
    route({
      method: 'get',
      path: '/admin/requests/{id}/audit',
      operationId: 'getAuditTrail',
      summary: "The request's audit chain, the first entry first",
      tag,
      access: anyRole,
      params,
      replies: {
        200: { description: 'The chain', schema: auditSchema },
        404: { description: 'There is no such request', schema: errorSchema },
      },
      handle: async ({ params: { id } }) => {
        await load(desk, id);
        const entries: AuditEntry[] = [];
        for await (const entry of desk.auditTrail(id)) entries.push(entry);
        return json(200, describeAudit(entries));
      },
    }),
    route({
      method: 'get',
      path: '/admin/requests/{id}/receipt',
      operationId: 'getReceipt',
      summary: 'The signed receipt of a closed request',
      tag,
      access: anyRole,
      params,
      replies: {
        200: { description: 'The receipt', schema: receiptSchema },
        404: { description: 'There is no such request, or not yet a receipt', schema: errorSchema },
      },
      handle: async ({ params: { id } }) => {
        const { receipt } = await load(desk, id);
        if (receipt === undefined) throw notFound();
        return json(200, receipt);
      },
    }),
    ...commandRoutes(desk),
  ];
}

function readFilter(query: z.output<typeof listQuery>): RequestFilter {
  const { lifecycle, type, regime, controller, due_before: due } = query;
  return {
    ...(lifecycle && { lifecycle }),
    ...(type && { type }),
    ...(regime !== undefined && { regime }),
    ...(controller !== undefined && { controllerId: controller }),
    ...(due !== undefined && { dueBefore: Date.parse(due) }),
  };
}

async function fileRequest(
  desk: Desk,
  administratorId: string,
  body: z.output<typeof fileSchema>,
): Promise<Reply> {
  const outcome = await desk.submit({
    dsrId: body.id,
    type: body.type,
    regime: body.regime,
    controllerId: administratorId,
    channel: 'admin',
    language: body.language ?? 'en',
    details: {
      identities: body.identities,
      ...(body.email !== undefined && { contact: { kind: 'email', address: body.email } }),
      ...(body.corrections && { corrections: body.corrections }),
    },
    callbackUrls: [],
    vouched: body.identity_verified,
  });
  switch (outcome.kind) {
    case 'accepted':
    case 'repeated':
      return json(201, describeRequest(outcome.request));
    case 'id-taken':
      throw new ApiFault(409, {
        domain: 'Request',
        reason: 'id-taken',
        message: 'body.id: belongs to another request; make a new one',
      });
    case 'invalid':
      throw new ApiFault(400, submissionFaults(outcome.faults));
  }
}

async function load(desk: Desk, id: string) {
  const request = await desk.load(id);
  if (request === undefined) throw notFound();
  return request;
}
