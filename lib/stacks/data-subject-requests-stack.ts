import { Annotations, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ServiceRoutes } from '../../lambdas/runtime/service-routes.ts';
import type { Config } from '../config.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedStream } from '../constructs/encrypted-stream.ts';
import { PublicApi } from '../constructs/public-api.ts';
import type { RequestConfig } from '../settings/request-config.ts';
import type { HandoverBucket } from './archive/archive-service.ts';
import { functionMaker } from './function-maker.ts';
import { CalledServices } from './requests/called-services.ts';
import { driveRequests } from './requests/drive-requests.ts';
import { connectExecutor, executeArea } from './requests/execute-area.ts';
import { exportAudit } from './requests/export-audit.ts';
import { mergeOutcomes } from './requests/merge-outcomes.ts';
import { redriveLetters, registerAgents } from './requests/operators.ts';
import { watchRequests } from './requests/request-alarms.ts';
import { RequestBuckets } from './requests/request-buckets.ts';
import type { RequestContext } from './requests/request-context.ts';
import { RequestKeys } from './requests/request-keys.ts';
import { RequestParts, type Suppression } from './requests/request-parts.ts';
import { RequestTables } from './requests/request-tables.ts';
import { serveRequests } from './requests/serve-requests.ts';
import type { SampleService } from './sample-services-stack.ts';
import type { ServiceEventsStack } from './service-events-stack.ts';

export interface DataSubjectRequestsStackProps extends StackProps {
  readonly config: Config;
  readonly requests: RequestConfig;
  readonly exchange: Pick<ServiceEventsStack, 'events' | 'messageKey'>;
  readonly samples: ReadonlyMap<string, SampleService>;
  readonly suppression: Suppression;
  /** Where services of other stacks put what they gather. @default nowhere */
  readonly handovers?: readonly HandoverBucket[];
  /** Areas whose executor another stack brings, by {@link DataSubjectRequestsStack.connectExecutor}. */
  readonly areasElsewhere: readonly string[];
  /** Services of other stacks, such as the warehouse's tables. @default none */
  readonly servicesElsewhere?: (stack: Stack) => ServiceRoutes;
}

/** From a request's intake to its proven end. */
export class DataSubjectRequestsStack extends Stack {
  /** Orders for the areas' executors, signed; identities in them are sealed. */
  readonly tasks: EncryptedStream;
  /** What other stacks' executors need. */
  readonly parts: RequestParts;
  private readonly context: RequestContext;

  constructor(scope: Construct, id: string, props: DataSubjectRequestsStackProps) {
    const { config, requests, exchange, samples, suppression, areasElsewhere, ...others } = props;
    const { servicesElsewhere, handovers = [], ...stackProps } = others;
    const retain = config.stage === 'production';
    super(scope, id, {
      description: 'Lethe: data subject requests, from intake to a proven end',
      terminationProtection: retain,
      ...stackProps,
    });
    const { logRetentionDays, keyRotationDays, alarmEmail, alarmTopicArn } = config.operations;
    const rotationPeriod = Duration.days(keyRotationDays);
    const { auditRetentionDays, packageDays } = requests;

    const key = new CustomerKey(this, 'Key', {
      description: 'Data subject requests at rest and in flight',
      retain,
      rotationPeriod,
    });
    const alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: alarmEmail,
      existingTopicArn: alarmTopicArn,
    });
    this.tasks = new EncryptedStream(this, 'Tasks', {
      key,
      retain,
      capacity: requests.capacity,
      retentionPeriod: RETENTION,
    });
    const api = new PublicApi(this, 'PublicApi', {
      description: 'Data subject requests: OpenDSR, administrators, data subjects',
      throttle: requests.api,
      domain: requests.site.domain,
      webAclArn: requests.api.webAclArn,
      adminCidrs: requests.api.adminCidrs,
      accountLogs: requests.api.accountLogs,
      alarms,
      logRetentionDays,
      retain,
    });
    this.parts = new RequestParts({
      tables: new RequestTables(this, 'Tables', { key, retain }),
      buckets: new RequestBuckets(this, 'Buckets', {
        ...{ key, retain, auditRetentionDays, packageDays, logRetentionDays },
      }),
      keys: new RequestKeys(this, 'Keys', {
        ...{ key, retain, rotationPeriod },
        certificateSecretArn: requests.site.certificateSecretArn,
      }),
      messageKey: exchange.messageKey,
      services: new CalledServices(this, requests.services, samples, servicesElsewhere?.(this)),
      suppression,
      requests,
      baseUrl: api.baseUrl,
    });

    if (requests.leftOut !== undefined) {
      Annotations.of(this).addWarningV2(
        'lethe:warehouse',
        `No request reaches ${requests.leftOut.join(', ')} of the data map: deploy a warehouse with -c lethe:warehouse=…`,
      );
    }
    const { parts, tasks } = this;
    const make = functionMaker(this, config, alarms);
    const { gatheredHosts } = requests.services;
    this.context = {
      ...{ stack: this, make, alarms, parts, tasks, exchange, api, handovers, gatheredHosts },
    };
    serveRequests(this.context, requests, retain);
    driveRequests(this.context, requests, key);
    for (const area of requests.areas) {
      if (!areasElsewhere.includes(area.name)) executeArea(this.context, area);
    }
    mergeOutcomes(this.context);
    exportAudit(this.context);
    redriveLetters(this.context);
    registerAgents(this.context);
    watchRequests(alarms);
  }

  /** Has a function carry out the orders of an area, and of no other. */
  connectExecutor(area: string, executor: IFunction): void {
    connectExecutor(this.context, area, executor);
  }
}

/** Long enough to mend what fails over a holiday. */
const RETENTION = Duration.days(7);
