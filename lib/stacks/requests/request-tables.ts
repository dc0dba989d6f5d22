import { AttributeType, ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { REQUEST_TABLE } from '../../core/ports/table-shapes.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { EncryptedTable } from '../../constructs/encrypted-table.ts';

export interface RequestTablesProps {
  readonly key: CustomerKey;
  readonly retain: boolean;
}

/** What the requests remember. */
export class RequestTables extends Construct {
  /** Requests, their audit entries, and the names that they claim. */
  readonly requests: EncryptedTable;
  /** Keys of requests, packages and dead letters, each wrapped, and destroyed for good. */
  readonly keys: EncryptedTable;
  /** Which notices were accepted. */
  readonly notices: EncryptedTable;
  /** Who was put on the suppression list by which task. */
  readonly suppressed: EncryptedTable;
  /** Agents that may send requests. */
  readonly agents: EncryptedTable;
  /** Calls, counted by caller for a short time. */
  readonly rateLimits: EncryptedTable;

  constructor(scope: Construct, id: string, props: RequestTablesProps) {
    super(scope, id);
    this.requests = new EncryptedTable(this, 'Requests', {
      ...props,
      stream: StreamViewType.NEW_IMAGE,
    });
    for (const { name, partitionKey, sortKey } of REQUEST_TABLE.indexes) {
      this.requests.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    this.keys = new EncryptedTable(this, 'Keys', {
      ...props,
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: undefined,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
    });
    this.notices = new EncryptedTable(this, 'Notices', {
      ...props,
      partitionKey: { name: 'dedupeKey', type: AttributeType.STRING },
      sortKey: undefined,
    });
    this.suppressed = new EncryptedTable(this, 'Suppressed', props);
    this.agents = new EncryptedTable(this, 'Agents', props);
    this.rateLimits = new EncryptedTable(this, 'RateLimits', props);
  }
}
