import * as z from 'zod';
import type { Connection } from './answer.ts';

/** Bindings of @hono/node-server. */
const nodeBindings = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().optional() }) }),
});

/** Bindings of hono/aws-lambda behind a REST API (payload 1.0) or an HTTP API (payload 2.0). */
const lambdaBindings = z.object({
  event: z.object({
    requestContext: z.object({
      identity: z
        .object({ sourceIp: z.string().nullish(), userArn: z.string().nullish() })
        .optional(),
      http: z.object({ sourceIp: z.string() }).optional(),
      authorizer: z.object({ iam: z.object({ userArn: z.string() }).nullish() }).nullish(),
    }),
  }),
});

/** Who is at the other end, on Node. */
export function nodeConnection(bindings: unknown): Connection {
  const parsed = nodeBindings.safeParse(bindings);
  return { address: parsed.data?.incoming.socket.remoteAddress };
}

/**
 * Who is at the other end, behind API Gateway: what it has verified itself, not what headers say.
 * Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration".
 */
export function apiGatewayConnection(bindings: unknown): Connection {
  const context = lambdaBindings.safeParse(bindings).data?.event.requestContext;
  return {
    address: context?.identity?.sourceIp ?? context?.http?.sourceIp,
    principal: context?.identity?.userArn ?? context?.authorizer?.iam?.userArn,
  };
}
