import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Clock } from '../core/ports/clock.ts';
import { adminRoutes } from './admin/routes.ts';
import type { Authentication } from './auth/authenticate.ts';
import type { Desk } from './desk.ts';
import { answer, type AnswerContext, type ApiLog, type Connection } from './http/answer.ts';
import {
  processRateLimits,
  type RateLimitStore,
  type RateRule,
} from '../core/rate-limits/token-bucket.ts';
import { ApiFault } from './http/faults.ts';
import { json, route, type Route } from './http/route.ts';
import { openApiDocument } from './openapi/document.ts';
import { serviceProtocolDocument } from './openapi/service-protocol.ts';
import type { Processor } from './opendsr/processor.ts';
import { openDsrRoutes, STATUS_CALLBACK } from './opendsr/routes.ts';
import { subjectRoutes, type OpenPackage } from './subject/routes.ts';

export interface ApiOptions {
  desk: Desk;
  processor: Processor;
  authentication: Authentication;
  clock: Clock;
  /** 32 bytes; keys the links of the data subject's pages. */
  linkKey: Uint8Array;
  openPackage: OpenPackage;
  log: ApiLog;
  /** Reads the connection from Hono's bindings, which differ by adapter. */
  connection: (bindings: unknown) => Connection;
  /** @default counted within this process */
  rateLimits?: RateLimitStore;
  /** @default 60 calls at once and 10 a second, by address; twice that by known caller */
  rates?: { byAddress: RateRule; byCaller: RateRule };
  /** Where the dashboard is served, if elsewhere: `https://privacy.example.com`. @default nowhere */
  dashboardOrigins?: readonly string[];
  /** Routes beside those of every target: the local target's development login. */
  furtherRoutes?: readonly Route[];
}

const RATES = {
  byAddress: { capacity: 60, perSecond: 10 },
  byCaller: { capacity: 120, perSecond: 20 },
};

/** The HTTP API: one app for Lambda behind API Gateway and for Node. */
export function createApi(options: ApiOptions): Hono {
  const routes = apiRoutes(options);
  const app = new Hono();
  const rates = options.rates ?? RATES;
  const rateLimits = options.rateLimits ?? processRateLimits();
  const context: AnswerContext = { ...options, rates, rateLimits };
  const { dashboardOrigins = [] } = options;
  if (dashboardOrigins.length > 0) {
    // Tokens travel in a header, so that no cookie is shared and no credentials need be allowed.
    app.use(
      '/admin/*',
      cors({
        origin: [...dashboardOrigins],
        allowMethods: ['GET', 'POST'],
        allowHeaders: ['authorization', 'content-type'],
        maxAge: 600,
      }),
    );
  }
  for (const route of routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app.on(route.method.toUpperCase(), path, (c) =>
      answer(context, route, c.req.raw, c.req.param(), options.connection(c.env)),
    );
  }
  app.notFound((c) => answer(context, NOWHERE, c.req.raw, {}, options.connection(c.env)));
  return app;
}

/** All routes, the OpenAPI document's own included. */
export function apiRoutes(options: ApiOptions): readonly Route[] {
  const routes: Route[] = [
    ...openDsrRoutes(options.desk, options.processor, options.clock),
    ...adminRoutes(options.desk),
    ...subjectRoutes(options),
    ...(options.furtherRoutes ?? []),
  ];
  const documented: readonly Route[] = routes;
  routes.push(
    documentRoute('/openapi.json', 'openApi', 'This document', () =>
      openApiDocument(INFO, documented, {
        serverUrl: options.processor.baseUrl,
        callbacks: [STATUS_CALLBACK],
      }),
    ),
    documentRoute(
      '/service-protocol.json',
      'serviceProtocol',
      'How services plug in, as OpenAPI',
      serviceProtocolDocument,
    ),
  );
  return routes;
}

/** Serves a document that is made when it is first asked for. */
function documentRoute(
  path: string,
  operationId: string,
  summary: string,
  make: () => unknown,
): Route {
  let document: unknown;
  return route({
    method: 'get',
    path,
    operationId,
    summary,
    tag: 'OpenAPI',
    access: { kind: 'open' },
    replies: { 200: { description: 'OpenAPI 3.1', mediaType: 'application/json' } },
    handle: () => Promise.resolve(json(200, (document ??= make()))),
  });
}

const INFO = {
  title: 'Lethe',
  version: '2.0.0',
  description: 'Data subject requests: OpenDSR 2.0, administration, the data subject’s own pages.',
};

/** Unknown paths are counted and answered like any other call. */
const NOWHERE = route({
  method: 'get',
  path: '/',
  operationId: 'nowhere',
  summary: 'No route',
  tag: 'None',
  access: { kind: 'open' },
  replies: {},
  handle: () =>
    Promise.reject(
      new ApiFault(404, {
        domain: 'Request',
        reason: 'no-route',
        message: 'there is nothing here',
      }),
    ),
});
