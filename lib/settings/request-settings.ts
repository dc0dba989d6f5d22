import * as z from 'zod';
import { gatheredSources } from '../../lambdas/runtime/gathered-sources.ts';
import { policySettings } from '../../lambdas/runtime/policy-settings.ts';
import { serviceRoute, serviceRoutes } from '../../lambdas/runtime/service-routes.ts';
import { siteSettings } from '../../lambdas/runtime/site-settings.ts';
import { capacity, flag, json, list, number } from './context-values.ts';

const arn = (service: string, what: string) =>
  z
    .string(`must be the ARN of ${what}`)
    .regex(
      new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:\\S{1,400}$`),
      `must be the ARN of ${what}`,
    );

const hostName = siteSettings.shape.domain.unwrap();

/** Settings of data subject requests; what each does: request-config.ts. */
export const requestSettings = {
  'lethe:requests': flag.default(true),
  'lethe:sample-services': flag.default(true),
  'lethe:services': json(serviceRoutes).optional(),
  'lethe:gathered-hosts': list(
    gatheredSources.shape.hosts.element,
    'hosts such as data.example.com or *.example.com',
  ).optional(),
  'lethe:crosswalk': json(serviceRoute).optional(),
  'lethe:policy': json(policySettings).optional(),
  'lethe:organisation': siteSettings.shape.organisation.optional(),
  'lethe:processor-domain': hostName.optional(),
  'lethe:domain': hostName.optional(),
  'lethe:domain-certificate-arn': arn('acm', 'a certificate in the same region').optional(),
  'lethe:signing-certificate-secret-arn': arn('secretsmanager', 'a secret').optional(),
  'lethe:web-acl-arn': arn('wafv2', 'a regional web ACL').optional(),
  'lethe:admin-cidrs': list(
    z.union([z.cidrv4(), z.cidrv6()]),
    'networks such as 192.0.2.0/24',
  ).optional(),
  'lethe:api-rate': number(1, 10_000).default(50),
  'lethe:api-burst': number(1, 5_000).default(100),
  'lethe:api-account-logs': z
    .enum(['existing', 'set-up'], 'must be existing or set-up')
    .default('set-up'),
  'lethe:user-pool-id': z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]{1,55}$/, 'must be the id of a Cognito user pool')
    .optional(),
  'lethe:user-pool-clients': list(
    z.string().regex(/^[a-z0-9]{1,128}$/),
    'ids of its app clients',
  ).optional(),
  'lethe:dashboard-origins': list(
    z.string().regex(/^https:\/\/[^\s/?#@]+$/),
    'https origins such as https://privacy.example.com',
  ).optional(),
  'lethe:mail-from': z.email('must be an e-mail address').optional(),
  'lethe:mail-identity': z
    .enum(['address', 'domain', 'existing'], 'must be address, domain or existing')
    .optional(),
  'lethe:notices-email': z.email('must be an e-mail address').optional(),
  'lethe:request-shards': capacity.default('on-demand'),
  // Source: S3 user guide, "Object Lock": whole days, up to 100 years.
  'lethe:audit-retention-days': number(1, 36_500).optional(),
  'lethe:package-days': number(1, 90).default(7),
};
