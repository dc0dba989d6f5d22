import type { DynamoDBBatchResponse } from 'aws-lambda';
import { auditEntryOf } from '../../lib/aws/requests/request-items.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { s3Client } from '../runtime/connect/clients.ts';
import { connectRequestStore } from '../runtime/connect/requests.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { auditArchive } from './audit-archive.ts';
import { exportAuditEnv } from './env.ts';
import { exportAudit, type ExportAuditContext } from './export-audit.ts';

const SERVICE = 'export-audit';
const env = readEnv(exportAuditEnv, process.env);

const context: ExportAuditContext = {
  archive: auditArchive(s3ObjectStore(s3Client(SERVICE), env.AUDIT_BUCKET)),
  requests: connectRequestStore(SERVICE, env.REQUESTS_TABLE),
  auditEntryOf,
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown): Promise<DynamoDBBatchResponse> =>
  exportAudit(event, context);
