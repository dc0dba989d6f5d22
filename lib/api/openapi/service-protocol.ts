import {
  capabilitiesSchema,
  lookupReplySchema,
  lookupRequestSchema,
  resolveReplySchema,
  resolveRequestSchema,
  SERVICE_PATHS,
  serviceErrorSchema,
  taskReplySchema,
  taskRequestSchema,
} from '../../core/services/protocol.ts';
import type { ReplyShape } from '../http/route.ts';
import type { JsonObject } from './json-schema.ts';
import { openApiDocument, type DescribedRoute, type Security } from './document.ts';

const refused: ReplyShape = { description: 'Refused', schema: serviceErrorSchema };
const common = { tag: 'Service', access: { kind: 'agent' } } as const;

const ROUTES: readonly DescribedRoute[] = [
  {
    ...common,
    method: 'get',
    path: SERVICE_PATHS.capabilities,
    operationId: 'capabilities',
    summary: 'Which stores the service has, and what can be done with them',
    replies: { 200: { description: 'What it can do', schema: capabilitiesSchema } },
  },
  {
    ...common,
    method: 'post',
    path: SERVICE_PATHS.tasks,
    operationId: 'performTask',
    summary:
      'Do one task; an operation done before under dsrId/taskId is not done again, its outcome comes back',
    body: taskRequestSchema,
    replies: {
      200: { description: 'The outcome, or that it is under way', schema: taskReplySchema },
      400: refused,
      409: { ...refused, description: 'A higher attempt has been seen under dsrId/taskId' },
    },
  },
  {
    ...common,
    method: 'post',
    path: SERVICE_PATHS.lookup,
    operationId: 'lookUp',
    summary: 'How many records of the data subject the store still holds; changes nothing',
    body: lookupRequestSchema,
    replies: { 200: { description: 'What is left', schema: lookupReplySchema }, 400: refused },
  },
  {
    ...common,
    method: 'post',
    path: SERVICE_PATHS.resolve,
    operationId: 'resolve',
    summary:
      'Who somebody is: all identities of the golden record. Only for the service that keeps it; changes nothing',
    body: resolveRequestSchema,
    replies: {
      200: { description: 'One person, nobody, or several', schema: resolveReplySchema },
      400: refused,
      404: { ...refused, description: 'This service does not know who is who' },
    },
  },
];

const SECURITY: Security = {
  schemes: {
    bearer: { type: 'http', scheme: 'bearer' },
    sigv4: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'AWS Signature Version 4',
    },
  },
  of: () => [{ bearer: [] }, { sigv4: [] }],
};

/** How any service plugs in, as an OpenAPI 3.1 document. */
export function serviceProtocolDocument(): JsonObject {
  return openApiDocument(
    {
      title: 'Lethe service protocol',
      version: '1.0.0',
      description:
        'What a service offers so that data subject requests reach its stores. Every call may come twice, late, and out of order.',
    },
    ROUTES,
    { security: SECURITY },
  );
}
