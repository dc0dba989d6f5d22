import { CfnOutput, Duration } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { certifySignerEnv } from '../../../lambdas/certify-signer/env.ts';
import type { AdministratorPool, handleApiEnv } from '../../../lambdas/handle-api/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import { Administrators, issuerOf } from '../../constructs/administrators.ts';
import { confineTrigger } from '../../constructs/confined-provider.ts';
import type { RequestConfig } from '../../settings/request-config.ts';
import type { RequestContext } from './request-context.ts';

/** The API, and who may log in to it. */
export function serveRequests(
  context: RequestContext,
  requests: RequestConfig,
  retain: boolean,
): void {
  const { stack, make, parts, api } = context;
  const { tables, keys, buckets } = parts;
  const { pool, origins } = requests.administrators;
  const administrators: AdministratorPool =
    pool === undefined
      ? new Administrators(stack, 'Administrators', { retain, origins, groups: ROLES }).tokens
      : { issuer: issuerOf(pool.id), clientIds: [...pool.clientIds] };
  const environment: EnvironmentOf<typeof handleApiEnv> = {
    ...parts.requestsEnvironment(),
    ...parts.keysEnvironment(),
    ...parts.subjectsEnvironment(),
    ...parts.siteEnvironment(),
    CERTIFICATE_SECRET: keys.certificate.arn,
    ADMINISTRATORS: stack.toJsonString(administrators),
    ...(origins.length === 0 ? {} : { DASHBOARD_ORIGINS: JSON.stringify(origins) }),
    AGENTS_TABLE: tables.agents.tableName,
    RATE_LIMITS_TABLE: tables.rateLimits.tableName,
    PACKAGES_BUCKET: buckets.packages.bucketName,
  };
  const handler = make('Api', {
    verb: 'handle-api',
    description: 'Answers agents, administrators and data subjects',
    environment,
    memorySize: 1024,
    // API Gateway waits 29 seconds at most.
    timeout: Duration.seconds(29),
  });
  parts.grantRequests(handler);
  parts.grantPointers(handler);
  parts.grantListing(handler, ['by-receipt']);
  parts.grantKeys(handler, ['create', 'get', 'destroy']);
  keys.subjectHash.grantKey(handler);
  keys.link.grantKey(handler);
  keys.signing.grantSign(handler);
  keys.certificate.grantRead(handler);
  tables.agents.grantUse(handler, ['GetItem']);
  tables.rateLimits.grantUse(handler, ['UpdateItem']);
  buckets.packages.grantUse(handler, ['GetObject', 'ListBucket', 'ListBucketVersions']);
  buckets.packages.grantUse(handler, ['PutObject', 'AbortMultipartUpload'], 'opened/');
  api.servedBy(handler);
  certify(context, requests);

  new CfnOutput(stack, 'ApiUrl', {
    description: 'Where agents, administrators and data subjects reach the API',
    value: api.baseUrl,
  });
  new CfnOutput(stack, 'DiscoveryUrl', {
    description: 'OpenDSR discovery',
    value: `${api.baseUrl}/v2/discovery`,
  });
  new CfnOutput(stack, 'SigningKey', {
    description: 'The key whose certificate belongs into the secret below',
    value: keys.signing.keyArn,
  });
  new CfnOutput(stack, 'CertificateSecret', {
    description: 'Put the certificate of the signing key here, PEM with its chain',
    value: keys.certificate.arn,
  });
  new CfnOutput(stack, 'AgentsTable', {
    description: 'Agents that may send requests',
    value: tables.agents.tableName,
  });
}

/** Sees to it at each deployment that the signing key has a certificate. */
function certify(context: RequestContext, { site }: RequestConfig): void {
  const { stack, make, parts, api } = context;
  const { signing, certificate } = parts.keys;
  if (site.certificateSecretArn !== undefined) return;
  const environment: EnvironmentOf<typeof certifySignerEnv> = {
    SIGNING_KMS_KEY: signing.keyArn,
    CERTIFICATE_SECRET: certificate.arn,
    DOMAIN: site.processorDomain ?? api.host,
  };
  const certifier = make('SignerCertifier', {
    verb: 'certify-signer',
    description: 'Makes the first certificate of the signing key',
    environment,
  });
  signing.grantPublicKey(certifier);
  certificate.grantRead(certifier);
  certificate.grantWrite(certifier);
  new Trigger(stack, 'Certify', { handler: certifier });
  confineTrigger(stack);
}

/** What an administrator's group lets them do; see lib/api/auth/caller.ts. */
const ROLES = {
  auditor: 'Reads requests and their audit',
  operator: 'Also steers: hold, extend, retry, cancel',
  approver: 'Also decides: approve, reject, undo',
} as const;
