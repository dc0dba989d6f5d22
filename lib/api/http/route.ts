import type { z } from 'zod';
import type { Caller, Role } from '../auth/caller.ts';
import { ApiFault, validationFaults, type Fault } from './faults.ts';

/** Who may call a route. */
export type Access =
  { kind: 'open' } | { kind: 'agent' } | { kind: 'administrator'; roles: readonly Role[] };

/** What a route may answer with one status; from it comes the OpenAPI document. */
export interface ReplyShape {
  description: string;
  /** JSON of this shape. Without it, and without `mediaType`, the reply has no body. */
  schema?: z.ZodType;
  /** For what is not JSON. */
  mediaType?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Signed as OpenDSR asks, over the raw body. */
  signed?: boolean;
  body?:
    | { kind: 'json'; value: unknown }
    | { kind: 'text'; mediaType: string; text: string }
    | { kind: 'stream'; mediaType: string; stream: ReadableStream<Uint8Array> };
}

/** A call before its parts were checked. */
interface RawCall {
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Reads the body on first use; throws ApiFault when it is no JSON. */
  readJson: () => Promise<{ bytes: Uint8Array; value: unknown }>;
  headers: Headers;
  caller: Caller;
}

interface Call<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** The body as it came. */
  bytes: Uint8Array;
  headers: Headers;
  caller: Caller;
}

export interface RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/v2/requests/{id}`. */
  path: string;
  operationId: string;
  summary: string;
  tag: string;
  access: Access;
  /** An old name, kept for who still uses it. */
  deprecated?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  replies: Readonly<Record<number, ReplyShape>>;
  handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Reply>;
}

/** One route of the API, ready to be mounted and documented. */
export type Route = Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'handle'> & {
  answer: (call: RawCall) => Promise<Reply>;
};

/** Ties a route's schemas to its handler: what the handler gets has been checked, all of it. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<P, Q, B>): Route {
  const { handle, ...shape } = spec;
  return {
    ...shape,
    answer: async (raw) => {
      const faults: Fault[] = [];
      const check = <S extends z.ZodType>(schema: S | undefined, value: unknown, where: string) => {
        if (schema === undefined) return undefined as z.output<S>;
        const parsed = schema.safeParse(value);
        if (parsed.success) return parsed.data;
        faults.push(...validationFaults(parsed.error, where));
        return undefined as z.output<S>;
      };
      const params = check(spec.params, raw.params, 'path');
      const query = check(spec.query, single(raw.query, faults), 'query');
      const read = spec.body === undefined ? undefined : await raw.readJson();
      const body = check(spec.body, read?.value, 'body');
      if (faults.length > 0) throw new ApiFault(400, faults);
      const bytes = read?.bytes ?? new Uint8Array();
      return handle({ params, query, body, bytes, headers: raw.headers, caller: raw.caller });
    },
  };
}

function single(query: URLSearchParams, faults: Fault[]): Record<string, string> {
  const entries = [...query.entries()];
  const record = Object.fromEntries(entries);
  if (Object.keys(record).length < entries.length) {
    faults.push({
      domain: 'Validation',
      reason: 'duplicate-key',
      message: 'query: a parameter is given twice',
    });
  }
  return record;
}

export function json(status: number, value: unknown, headers?: Record<string, string>): Reply {
  return { status, body: { kind: 'json', value }, ...(headers && { headers }) };
}
