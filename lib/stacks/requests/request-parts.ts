import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type {
  keysEnv,
  leftOutEnv,
  requestsEnv,
  siteEnv,
  subjectsEnv,
  suppressionEnv,
} from '../../../lambdas/runtime/engine-env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { REQUEST_TABLE } from '../../core/ports/table-shapes.ts';
import type { EncryptedTable } from '../../constructs/encrypted-table.ts';
import type { SecretKey } from '../../constructs/secret-key.ts';
import type { RequestConfig } from '../../settings/request-config.ts';
import type { CalledServices } from './called-services.ts';
import type { RequestBuckets } from './request-buckets.ts';
import type { RequestKeys } from './request-keys.ts';
import type { RequestTables } from './request-tables.ts';

/** The list that the stream filter obeys. */
export interface Suppression {
  readonly list: EncryptedTable;
  readonly key: SecretKey;
}

export interface RequestPartsProps {
  readonly tables: RequestTables;
  readonly buckets: RequestBuckets;
  readonly keys: RequestKeys;
  readonly messageKey: SecretKey;
  readonly services: CalledServices;
  readonly suppression: Suppression;
  readonly requests: RequestConfig;
  /** Where the API begins. */
  readonly baseUrl: string;
}

type RequestIndex = (typeof REQUEST_TABLE.indexes)[number]['name'];

/** What the functions of the requests share, as pieces of environment and the grants that go with them. */
export class RequestParts {
  readonly tables: RequestTables;
  readonly buckets: RequestBuckets;
  readonly keys: RequestKeys;
  readonly messageKey: SecretKey;
  readonly services: CalledServices;
  private readonly suppression: Suppression;
  private readonly requests: RequestConfig;
  private readonly baseUrl: string;

  constructor(props: RequestPartsProps) {
    this.tables = props.tables;
    this.buckets = props.buckets;
    this.keys = props.keys;
    this.messageKey = props.messageKey;
    this.services = props.services;
    this.suppression = props.suppression;
    this.requests = props.requests;
    this.baseUrl = props.baseUrl;
  }

  requestsEnvironment(): EnvironmentOf<typeof requestsEnv> {
    const { policy } = this.requests;
    return {
      REQUESTS_TABLE: this.tables.requests.tableName,
      ...(policy === undefined ? {} : { POLICY: JSON.stringify(policy) }),
    };
  }

  leftOutEnvironment(): EnvironmentOf<typeof leftOutEnv> {
    const { leftOut } = this.requests;
    return leftOut === undefined ? {} : { STORES_LEFT_OUT: JSON.stringify(leftOut) };
  }

  keysEnvironment(): EnvironmentOf<typeof keysEnv> {
    return {
      KEYS_TABLE: this.tables.keys.tableName,
      KEYS_KMS_KEY: this.keys.wrapping.keyArn,
    };
  }

  subjectsEnvironment(): EnvironmentOf<typeof subjectsEnv> {
    return { SUBJECT_HASH_KEY_SECRET: this.keys.subjectHash.secretArn };
  }

  siteEnvironment(): EnvironmentOf<typeof siteEnv> {
    const { organisation, processorDomain } = this.requests.site;
    const site = {
      organisation,
      baseUrl: this.baseUrl,
      ...(processorDomain === undefined ? {} : { domain: processorDomain }),
    };
    return {
      SITE: this.tables.requests.stack.toJsonString(site),
      LINK_KEY_SECRET: this.keys.link.secretArn,
      SIGNING_KMS_KEY: this.keys.signing.keyArn,
    };
  }

  suppressionEnvironment(): EnvironmentOf<typeof suppressionEnv> {
    return {
      SUPPRESSION_TABLE: this.suppression.list.tableName,
      SUPPRESSED_TABLE: this.tables.suppressed.tableName,
      SUPPRESSION_KEY_SECRET: this.suppression.key.secretArn,
    };
  }

  /** Read and write single requests, with their audit entries and names. */
  grantRequests(fn: IFunction): void {
    this.tables.requests.grantUse(fn, ['GetItem', 'PutItem', 'DeleteItem']);
  }

  /** Let the hashes of a subject lead to a request: for whoever learns identities. */
  grantPointers(fn: IFunction): void {
    this.tables.requests.grantUse(fn, ['BatchWriteItem']);
  }

  /** Find requests, by receipt or subject, and read audit trails. */
  grantListing(fn: IFunction, indexes: readonly RequestIndex[]): void {
    this.tables.requests.grantUse(fn, ['BatchGetItem', 'Query'], indexes);
  }

  /** Make, use or destroy keys of requests. */
  grantKeys(fn: IFunction, uses: readonly ('create' | 'get' | 'destroy')[]): void {
    const makes = uses.includes('create');
    this.tables.keys.grantUse(fn, [
      'GetItem',
      ...(makes || uses.includes('destroy') ? (['PutItem'] as const) : []),
    ]);
    this.keys.wrapping.grantWrap(
      fn,
      ['Decrypt', ...(makes ? (['GenerateDataKey'] as const) : [])],
      'name',
    );
  }

  /** Put subjects on the suppression list, and take them off again. */
  grantSuppression(fn: IFunction): void {
    this.suppression.list.grantUse(fn, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
    this.suppression.key.grantKey(fn);
    this.tables.suppressed.grantUse(fn, ['GetItem', 'PutItem', 'Query']);
  }

  /** See who is on the suppression list, and take subjects off it. */
  grantLifting(fn: IFunction): void {
    this.suppression.list.grantUse(fn, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    this.suppression.key.grantKey(fn);
    this.tables.suppressed.grantUse(fn, ['Query']);
  }
}
