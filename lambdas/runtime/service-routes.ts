import * as z from 'zod';

const arn = z.string().regex(/^arn:[\w-]+:[^\s]{1,500}$/, 'must be an ARN');
const url = z
  .string()
  .max(500)
  .regex(/^https:\/\/[^\s?#@]+$/, 'must begin with https:// and hold neither query nor credentials')
  .refine((text) => URL.canParse(text), 'must be a URL');

/** How a service that speaks our protocol is reached; see lib/core/services/protocol.ts. */
export const serviceRoute = z.discriminatedUnion('kind', [
  /** The protocol's bodies as payload of a function. */
  z.strictObject({ kind: z.literal('lambda'), functionArn: arn }),
  /** HTTPS, signed with this function's role: a function URL, or an API with IAM. */
  z.strictObject({
    kind: z.literal('sigv4'),
    url,
    /** Whose endpoint it is. */
    service: z.enum(['lambda', 'execute-api', 'vpc-lattice-svcs']),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region'),
  }),
  /** HTTPS with a bearer token that a secret holds. */
  z.strictObject({ kind: z.literal('token'), url, secretArn: arn }),
]);

/** One service, with the stores of the data map that it serves. */
const routedService = z.strictObject({
  stores: z.array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be kebab-case')).min(1),
  route: serviceRoute,
});

/** The services that a function may call. Lambda takes 4 KB of variables in all. */
export const serviceRoutes = z.array(routedService).superRefine((services, context) => {
  const seen = new Set<string>();
  for (const store of services.flatMap(({ stores }) => stores)) {
    if (seen.has(store)) context.addIssue({ code: 'custom', message: `${store} is served twice` });
    seen.add(store);
  }
});

export type ServiceRoute = z.input<typeof serviceRoute>;
export type ServiceRoutes = z.input<typeof serviceRoutes>;
