import { CfnOutput } from 'aws-cdk-lib';
import type { exportAuditEnv } from '../../../lambdas/export-audit/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import { consumeTable } from './consume.ts';
import type { RequestContext } from './request-context.ts';

/** Audit entries to where nobody can change them. */
export function exportAudit(context: RequestContext): void {
  const { stack, make, parts } = context;
  const { tables, buckets } = parts;
  const environment: EnvironmentOf<typeof exportAuditEnv> = {
    REQUESTS_TABLE: tables.requests.tableName,
    AUDIT_BUCKET: buckets.audit.bucketName,
  };
  const exporter = make('AuditExport', {
    verb: 'export-audit',
    description: 'Copies audit entries under Object Lock',
    environment,
  });
  tables.requests.grantUse(exporter, ['Query']);
  buckets.audit.grantUse(
    exporter,
    ['GetObject', 'PutObject', 'ListBucket', 'ListBucketVersions'],
    'audit/',
  );
  consumeTable(context, 'AuditEntries', exporter);
  new CfnOutput(stack, 'AuditBucket', {
    description: 'Audit entries, locked: lethe verify audit',
    value: buckets.audit.bucketName,
  });
}
