import type { z } from 'zod';
import { errorSchema } from '../http/faults.ts';
import type { Access, ReplyShape, Route } from '../http/route.ts';
import { schemaOf, type Components, type JsonObject } from './json-schema.ts';

/** Refusals that any route may answer with. */
const COMMON: Readonly<Record<string, ReplyShape>> = Object.fromEntries(
  Object.entries({
    400: 'The request is malformed; the error object lists every fault',
    401: 'The caller is not known',
    403: 'The caller may not do this',
    413: 'The body is too large',
    415: 'The body is of the wrong type',
    429: 'Too many calls; Retry-After says when to come again',
    500: 'A fault of ours; the request may be repeated',
  }).map(([status, description]) => [status, { description, schema: errorSchema }]),
);

const OUR_SECURITY: Security = {
  schemes: {
    apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: "An agent's key" },
    iam: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'AWS Signature Version 4, verified by API Gateway',
    },
    administrator: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  },
  of: (access) => {
    if (access.kind === 'open') return [];
    return access.kind === 'agent' ? [{ apiKey: [] }, { iam: [] }] : [{ administrator: [] }];
  },
};

/** A route as the document tells it: its handler does not matter. */
export type DescribedRoute = Omit<Route, 'answer'>;

/** How callers authenticate, in OpenAPI's words. */
export interface Security {
  schemes: JsonObject;
  of: (access: Access) => JsonObject[];
}

/**
 * The OpenAPI 3.1 document of a set of routes, made from the very schemas that check what comes in.
 * Schemas with an id become components.
 */
export function openApiDocument(
  info: { title: string; version: string; description: string },
  routes: readonly DescribedRoute[],
  options: { serverUrl?: string; security?: Security; callbacks?: readonly DescribedRoute[] } = {},
): JsonObject {
  const { serverUrl, security = OUR_SECURITY, callbacks = [] } = options;
  const schemas: Components = {};
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method] = {
      ...operation(route, schemas),
      security: security.of(route.access),
    };
  }
  const webhooks = Object.fromEntries(
    callbacks.map((callback) => [
      callback.operationId,
      { [callback.method]: operation(callback, schemas) },
    ]),
  );
  return {
    openapi: '3.1.0',
    info,
    ...(serverUrl !== undefined && { servers: [{ url: serverUrl }] }),
    paths,
    ...(callbacks.length > 0 && { webhooks }),
    components: { schemas, securitySchemes: security.schemes },
  };
}

function operation(route: DescribedRoute, components: Components): JsonObject {
  const { access, body } = route;
  const parameters = [
    ...parametersOf('path', route.params, components),
    ...parametersOf('query', route.query, components),
  ];
  const replies: Record<string, ReplyShape> = { ...COMMON, ...route.replies };
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...(route.deprecated === true && { deprecated: true }),
    ...(access.kind === 'administrator' && { description: `Roles: ${access.roles.join(', ')}.` }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(body, 'input', components) } },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(replies).map(([status, shape]) => [status, replyOf(shape, components)]),
    ),
  };
}

function replyOf(shape: ReplyShape, components: Components): JsonObject {
  const { description, schema, mediaType, headers = {} } = shape;
  const content =
    schema !== undefined
      ? { 'application/json': { schema: schemaOf(schema, 'output', components) } }
      : mediaType !== undefined
        ? { [mediaType]: {} }
        : undefined;
  const described = Object.entries(headers).map(([name, about]) => [
    name,
    { description: about, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(content && { content }),
    ...(described.length > 0 && { headers: Object.fromEntries(described) as JsonObject }),
  };
}

function parametersOf(
  where: 'path' | 'query',
  schema: z.ZodType | undefined,
  components: Components,
): JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
    properties?: JsonObject;
    required?: string[];
  };
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: shape,
  }));
}
