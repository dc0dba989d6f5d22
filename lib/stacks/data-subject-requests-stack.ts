import { Annotations, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import type { certifySignerEnv } from '../../lambdas/certify-signer/env.ts';
import type { executeTasksEnv } from '../../lambdas/execute-tasks/env.ts';
import type { exportAuditEnv } from '../../lambdas/export-audit/env.ts';
import type { AdministratorPool, handleApiEnv } from '../../lambdas/handle-api/env.ts';
import type { mergeEventsEnv } from '../../lambdas/merge-events/env.ts';
import type { orchestrateRequestsEnv } from '../../lambdas/orchestrate-requests/env.ts';
import type { registerAgentsEnv } from '../../lambdas/register-agents/env.ts';
import type { redriveLettersEnv } from '../../lambdas/redrive-letters/env.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { ServiceRoutes } from '../../lambdas/runtime/service-routes.ts';
import type { watchDeadlinesEnv } from '../../lambdas/watch-deadlines/env.ts';
import type { Config } from '../config.ts';
import { Administrators, issuerOf } from '../constructs/administrators.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { confineTrigger } from '../constructs/confined-provider.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedStream } from '../constructs/encrypted-stream.ts';
import { MailSender } from '../constructs/mail-sender.ts';
import { NoticesTopic } from '../constructs/notices-topic.ts';
import { PublicApi } from '../constructs/public-api.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { Timer } from '../constructs/timer.ts';
import type { Area, RequestConfig } from '../settings/request-config.ts';
import { consoleLink } from './console-link.ts';
import { functionMaker, type MakeFunction } from './function-maker.ts';
import { CalledServices } from './requests/called-services.ts';
import { driveAccess } from './requests/drive-access.ts';
import { watchRequests } from './requests/request-alarms.ts';
import { RequestBuckets } from './requests/request-buckets.ts';
import { RequestKeys } from './requests/request-keys.ts';
import { RequestParts, type Suppression } from './requests/request-parts.ts';
import { RequestTables } from './requests/request-tables.ts';
import type { SampleService } from './sample-services-stack.ts';
import type { ServiceEventsStack } from './service-events-stack.ts';

export interface DataSubjectRequestsStackProps extends StackProps {
  readonly config: Config;
  readonly requests: RequestConfig;
  readonly exchange: Pick<ServiceEventsStack, 'events' | 'messageKey'>;
  readonly samples: ReadonlyMap<string, SampleService>;
  readonly suppression: Suppression;
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
  private readonly alarms: AlarmTopic;
  private readonly make: MakeFunction;
  private readonly exchange: DataSubjectRequestsStackProps['exchange'];
  private readonly api: PublicApi;

  constructor(scope: Construct, id: string, props: DataSubjectRequestsStackProps) {
    const { config, requests, exchange, samples, suppression, areasElsewhere, ...others } = props;
    const { servicesElsewhere, ...stackProps } = others;
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
    this.exchange = exchange;
    this.alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: alarmEmail,
      existingTopicArn: alarmTopicArn,
    });
    this.make = functionMaker(this, config, this.alarms);

    this.tasks = new EncryptedStream(this, 'Tasks', {
      key,
      retain,
      capacity: requests.capacity,
      retentionPeriod: RETENTION,
    });
    this.api = new PublicApi(this, 'PublicApi', {
      description: 'Data subject requests: OpenDSR, administrators, data subjects',
      throttle: requests.api,
      domain: requests.site.domain,
      webAclArn: requests.api.webAclArn,
      adminCidrs: requests.api.adminCidrs,
      accountLogs: requests.api.accountLogs,
      alarms: this.alarms,
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
      baseUrl: this.api.baseUrl,
    });

    if (requests.leftOut !== undefined) {
      Annotations.of(this).addWarningV2(
        'lethe:warehouse',
        `No request reaches ${requests.leftOut.join(', ')} of the data map: deploy a warehouse with -c lethe:warehouse=…`,
      );
    }
    this.serve(requests, retain);
    this.drive(requests, key);
    for (const area of requests.areas) {
      if (!areasElsewhere.includes(area.name)) this.execute(area);
    }
    this.complete();
    this.exportAudit();
    this.redrive();
    this.registerAgents();
    watchRequests(this.alarms);
  }

  /** Has a function carry out the orders of an area, and of no other. */
  connectExecutor(area: string, executor: IFunction): void {
    new StreamConsumer(this, `${pascalCase(area)}Orders`, {
      source: { arn: this.tasks.streamArn, grantConsume: (fn) => this.tasks.grantConsume(fn) },
      function: executor,
      // Lambda drops what does not match before the function sees it: docs/adr/0017.
      filters: [{ data: { area: [area] } }],
      // Orders are few, and each may take minutes.
      batchSize: 10,
      deadLetters: this.parts.buckets.deadLetters,
      retryAttempts: MOST_TRIES,
      maxRecordAge: GIVEN_UP_AFTER,
      alarms: this.alarms,
    });
  }

  /** The API, and who may log in to it. */
  private serve(requests: RequestConfig, retain: boolean): void {
    const { parts } = this;
    const { tables, keys, buckets } = parts;
    const { pool, origins } = requests.administrators;
    const administrators: AdministratorPool =
      pool === undefined
        ? new Administrators(this, 'Administrators', { retain, origins, groups: ROLES }).tokens
        : { issuer: issuerOf(pool.id), clientIds: [...pool.clientIds] };
    const environment: EnvironmentOf<typeof handleApiEnv> = {
      ...parts.requestsEnvironment(),
      ...parts.keysEnvironment(),
      ...parts.subjectsEnvironment(),
      ...parts.siteEnvironment(),
      CERTIFICATE_SECRET: keys.certificate.arn,
      ADMINISTRATORS: this.toJsonString(administrators),
      ...(origins.length === 0 ? {} : { DASHBOARD_ORIGINS: JSON.stringify(origins) }),
      AGENTS_TABLE: tables.agents.tableName,
      RATE_LIMITS_TABLE: tables.rateLimits.tableName,
      PACKAGES_BUCKET: buckets.packages.bucketName,
    };
    const handler = this.make('Api', {
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
    this.api.servedBy(handler);
    this.certify(requests);

    new CfnOutput(this, 'ApiUrl', {
      description: 'Where agents, administrators and data subjects reach the API',
      value: this.api.baseUrl,
    });
    new CfnOutput(this, 'DiscoveryUrl', {
      description: 'OpenDSR discovery',
      value: `${this.api.baseUrl}/v2/discovery`,
    });
    new CfnOutput(this, 'SigningKey', {
      description: 'The key whose certificate belongs into the secret below',
      value: keys.signing.keyArn,
    });
    new CfnOutput(this, 'CertificateSecret', {
      description: 'Put the certificate of the signing key here, PEM with its chain',
      value: keys.certificate.arn,
    });
    new CfnOutput(this, 'AgentsTable', {
      description: 'Agents that may send requests',
      value: tables.agents.tableName,
    });
  }

  /** Sees to it at each deployment that the signing key has a certificate. */
  private certify({ site }: RequestConfig): void {
    const { signing, certificate } = this.parts.keys;
    if (site.certificateSecretArn !== undefined) return;
    const environment: EnvironmentOf<typeof certifySignerEnv> = {
      SIGNING_KMS_KEY: signing.keyArn,
      CERTIFICATE_SECRET: certificate.arn,
      DOMAIN: site.processorDomain ?? this.api.host,
    };
    const certifier = this.make('SignerCertifier', {
      verb: 'certify-signer',
      description: 'Makes the first certificate of the signing key',
      environment,
    });
    signing.grantPublicKey(certifier);
    certificate.grantRead(certifier);
    certificate.grantWrite(certifier);
    new Trigger(this, 'Certify', { handler: certifier });
    confineTrigger(this);
  }

  /** The orchestrator on the table's stream, and the watcher that comes by the clock. */
  private drive(requests: RequestConfig, key: CustomerKey): void {
    const { alarms, parts } = this;
    const { mail: sender, packageDays } = requests;
    const topic = new NoticesTopic(this, 'Notices', { key, email: sender.noticesEmail });
    const mail = new MailSender(this, 'Mail', {
      ...{ key, alarms, address: sender.from, identity: sender.identity },
    });
    if (!sender.isChosen) {
      Annotations.of(this).addWarningV2(
        'lethe:mail-from',
        `No mail will reach a data subject from ${sender.from}: choose a sender with -c lethe:mail-from=…`,
      );
    }
    const access = driveAccess({ parts, tasks: this.tasks, topic, mail, packageDays });

    const orchestratorEnvironment: EnvironmentOf<typeof orchestrateRequestsEnv> =
      access.environment;
    const orchestrator = this.make('Orchestrator', {
      verb: 'orchestrate-requests',
      description: 'Drives a request on whenever it was written',
      environment: orchestratorEnvironment,
      memorySize: 1024,
      timeout: Duration.minutes(5),
    });
    access.grant(orchestrator);
    this.consumeTable('Writes', orchestrator);

    const { deadLetters } = parts.buckets;
    const watcherEnvironment: EnvironmentOf<typeof watchDeadlinesEnv> = {
      ...access.environment,
      DEAD_LETTER_BUCKET: deadLetters.bucketName,
    };
    const watcher = this.make('DeadlineWatcher', {
      verb: 'watch-deadlines',
      description: 'Drives what is due by the clock, and counts how requests stand',
      environment: watcherEnvironment,
      memorySize: 1024,
      timeout: Duration.minutes(5),
      // The next call comes by itself.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    access.grant(watcher);
    parts.grantListing(watcher, ['by-receipt', 'by-wake-time', 'with-outbox']);
    deadLetters.grantUse(
      watcher,
      ['ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
      'letters/',
    );
    const timer = new Timer(this, 'Timer', { function: watcher, key, alarms });
    timer.every('Drive', Duration.minutes(1), { work: 'drive' });
    timer.every('Survey', Duration.minutes(15), { work: 'survey' });
    timer.every('Expire', Duration.hours(1), { work: 'expire' });

    new CfnOutput(this, 'NoticesTopic', {
      description: 'Notices for administrators and systems: subscribe here',
      value: topic.topicArn,
    });
  }

  /** An area's executor. */
  private execute({ name, stores }: Area): void {
    const { parts } = this;
    const { tables, buckets, messageKey, services } = parts;
    // Whoever is on a stream is put on the suppression list; all other stores are asked.
    const served = stores.filter(({ kind }) => kind !== 'stream').map((store) => store.name);
    const suppresses = stores.some(({ kind }) => kind === 'stream');
    const environment: EnvironmentOf<typeof executeTasksEnv> = {
      AREA: name,
      ...parts.requestsEnvironment(),
      ...parts.keysEnvironment(),
      ...(suppresses ? parts.suppressionEnvironment() : {}),
      MESSAGE_KEY_SECRET: messageKey.secretArn,
      GATHERED_BUCKET: buckets.gathered.bucketName,
      SERVICES: services.routes(served),
      DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
      EVENT_STREAM: this.exchange.events.streamName,
    };
    const executor = this.make(`${pascalCase(name)}Executor`, {
      verb: 'execute-tasks',
      description: `Carries out the tasks of ${name}`,
      environment,
      memorySize: 1024,
      timeout: Duration.minutes(15),
    });
    tables.requests.grantUse(executor, ['GetItem']);
    parts.grantKeys(executor, ['create', 'get']);
    if (suppresses) parts.grantSuppression(executor);
    messageKey.grantKey(executor);
    services.grantCalls(executor, served);
    // What is in a stream is on its way to a store that is asked itself.
    if (stores.some(({ kind }) => kind !== 'stream')) {
      buckets.gathered.grantUse(executor, ['GetObject', 'PutObject', 'ListBucket'], 'gathered/');
    }
    buckets.deadLetters.grantUse(executor, ['PutObject'], 'letters/');
    this.exchange.events.grantSend(executor);
    this.connectExecutor(name, executor);
  }

  /** The completion function on the events stream. */
  private complete(): void {
    const { parts } = this;
    const { buckets, messageKey } = parts;
    const { events } = this.exchange;
    const environment: EnvironmentOf<typeof mergeEventsEnv> = {
      ...parts.requestsEnvironment(),
      ...parts.keysEnvironment(),
      MESSAGE_KEY_SECRET: messageKey.secretArn,
      DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
    };
    const completion = this.make('Completion', {
      verb: 'merge-events',
      description: 'Merges what services and executors tell into the requests',
      environment,
    });
    parts.grantRequests(completion);
    parts.grantKeys(completion, ['create', 'get']);
    messageKey.grantKey(completion);
    buckets.deadLetters.grantUse(completion, ['PutObject'], 'letters/');
    new StreamConsumer(this, 'Events', {
      source: { arn: events.streamArn, grantConsume: (fn) => events.grantConsume(fn) },
      function: completion,
      // No filter: what is malformed is to lie among the dead letters, not to vanish.
      batchSize: 100,
      deadLetters: buckets.deadLetters,
      retryAttempts: MOST_TRIES,
      maxRecordAge: GIVEN_UP_AFTER,
      alarms: this.alarms,
    });
  }

  /** Audit entries to where nobody can change them. */
  private exportAudit(): void {
    const { tables, buckets } = this.parts;
    const environment: EnvironmentOf<typeof exportAuditEnv> = {
      REQUESTS_TABLE: tables.requests.tableName,
      AUDIT_BUCKET: buckets.audit.bucketName,
    };
    const exporter = this.make('AuditExport', {
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
    this.consumeTable('AuditEntries', exporter);
    new CfnOutput(this, 'AuditBucket', {
      description: 'Audit entries, locked: lethe verify audit',
      value: buckets.audit.bucketName,
    });
  }

  /** A person's way to send dead letters again. */
  private redrive(): void {
    const { parts } = this;
    const { buckets } = parts;
    const environment: EnvironmentOf<typeof redriveLettersEnv> = {
      ...parts.keysEnvironment(),
      DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
      TASK_STREAM: this.tasks.streamName,
      EVENT_STREAM: this.exchange.events.streamName,
    };
    const redrive = this.make('LetterRedrive', {
      verb: 'redrive-letters',
      description: 'Sends dead letters again, once their cause is mended',
      environment,
      timeout: Duration.minutes(15),
    });
    parts.grantKeys(redrive, ['get']);
    buckets.deadLetters.grantUse(
      redrive,
      ['GetObject', 'ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
      'letters/',
    );
    this.tasks.grantSend(redrive);
    this.exchange.events.grantSend(redrive);
    new CfnOutput(this, 'LetterRedriveLink', {
      description: 'Press Test there to send dead letters again',
      value: consoleLink(redrive),
    });
  }

  /** A person's way to let an agent send requests, or to take its key away. */
  private registerAgents(): void {
    const { agents } = this.parts.tables;
    const environment: EnvironmentOf<typeof registerAgentsEnv> = { AGENTS_TABLE: agents.tableName };
    const register = this.make('AgentRegister', {
      verb: 'register-agents',
      description: 'Registers agents, and tells each its key once',
      environment,
    });
    agents.grantUse(register, ['PutItem', 'UpdateItem']);
    new CfnOutput(this, 'AgentRegisterLink', {
      description: 'Press Test there to register an agent, or to revoke its key',
      value: consoleLink(register),
    });
  }

  private consumeTable(id: string, consumer: IFunction): void {
    const { tables, buckets } = this.parts;
    const { requests } = tables;
    new StreamConsumer(this, id, {
      source: { arn: requests.tableStreamArn!, grantConsume: (fn) => requests.grantConsume(fn) },
      function: consumer,
      batchSize: 25,
      deadLetters: buckets.deadLetters,
      retryAttempts: MOST_TRIES,
      // A table's stream keeps its records for 24 hours.
      maxRecordAge: Duration.hours(20),
      alarms: this.alarms,
    });
  }
}

/** What an administrator's group lets them do; see lib/api/auth/caller.ts. */
const ROLES = {
  auditor: 'Reads requests and their audit',
  operator: 'Also steers: hold, extend, retry, cancel',
  approver: 'Also decides: approve, reject, undo',
} as const;

/** Long enough to mend what fails over a holiday. */
const RETENTION = Duration.days(7);
/** Before the stream forgets it. */
const GIVEN_UP_AFTER = Duration.days(6);
/** As many as Lambda takes: age decides. Source: API reference, CreateEventSourceMapping. */
const MOST_TRIES = 10_000;

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
