import { dynamodbRecordTable } from '../../../lib/aws/requests/dynamodb-record-table.ts';
import type { RecordTable } from '../../../lib/core/ports/record-table.ts';
import { dynamodbClient } from './clients.ts';

/** The tables of the sample services. */
export function connectRecords(
  service: string,
  env: { readonly RECORDS_TABLE: string },
): RecordTable {
  return dynamodbRecordTable({ client: dynamodbClient(service), tableName: env.RECORDS_TABLE });
}
