import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Area } from '../settings/request-config.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { relayChangesEnv } from '../../lambdas/relay-changes/env.ts';
import type { seedSamplesEnv } from '../../lambdas/seed-samples/env.ts';
import type { serveSamplesEnv } from '../../lambdas/serve-samples/env.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedBucket } from '../constructs/encrypted-bucket.ts';
import { EncryptedTable } from '../constructs/encrypted-table.ts';
import { ServiceEndpoint } from '../constructs/service-endpoint.ts';
import { StreamConsumer } from '../constructs/stream-consumer.ts';
import { Timer } from '../constructs/timer.ts';
import { consoleLink } from './console-link.ts';
import { functionMaker } from './function-maker.ts';
import type { ServiceEventsStack } from './service-events-stack.ts';

export interface SampleServicesStackProps extends StackProps {
  readonly config: Config;
  readonly areas: readonly Area[];
  readonly exchange: Pick<ServiceEventsStack, 'events' | 'messageKey'>;
}

/** A sample service as the requests reach it. */
export interface SampleService {
  /** Of the data map. */
  readonly stores: readonly string[];
  readonly endpoint: ServiceEndpoint;
}

/** Three small services with tables of their own: what a user of Lethe replaces by theirs. */
export class SampleServicesStack extends Stack {
  /** By area of the data map, which is also the service's name. */
  readonly services: ReadonlyMap<string, SampleService>;

  constructor(scope: Construct, id: string, props: SampleServicesStackProps) {
    const { config, areas, exchange, ...stackProps } = props;
    super(scope, id, {
      description: 'Lethe: three small services, to see data subject requests at work',
      ...stackProps,
    });
    // Made-up people: nothing here outlives the stack, in production neither.
    const retain = false;
    const key = new CustomerKey(this, 'Key', {
      description: 'Records of the sample services',
      retain,
      rotationPeriod: Duration.days(config.operations.keyRotationDays),
    });
    const alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: config.operations.alarmEmail,
      existingTopicArn: config.operations.alarmTopicArn,
    });
    const make = functionMaker(this, config, alarms);
    const deadLetters = new EncryptedBucket(this, 'DeadLetters', {
      key,
      retain,
      noncurrentDays: 1,
      accessLog: new AccessLogBucket(this, 'AccessLog', { retain, retentionDays: 30 }),
      lifecycleRules: [{ id: 'given-up', expiration: Duration.days(30) }],
    });

    const tables = new Map<string, EncryptedTable>();
    const services = new Map<string, SampleService>();
    for (const { name, stores } of areas) {
      const records = new EncryptedTable(this, `${pascalCase(name)}Records`, {
        key,
        retain,
        stream: StreamViewType.NEW_IMAGE,
      });
      tables.set(name, records);
      const environment: EnvironmentOf<typeof serveSamplesEnv> = {
        SERVICE: name,
        RECORDS_TABLE: records.tableName,
      };
      const service = make(`${pascalCase(name)}Service`, {
        verb: 'serve-samples',
        description: `The sample service ${name}`,
        environment,
        timeout: Duration.seconds(9),
      });
      records.grantUse(service, ['GetItem', 'Query', 'PutItem', 'DeleteItem']);
      // What an undo can no longer give back is taken away for good.
      const timer = new Timer(this, `${pascalCase(name)}Timer`, { function: service, key, alarms });
      timer.every('Lapse', Duration.days(1), { work: 'lapse' });
      const endpoint = new ServiceEndpoint(this, `${pascalCase(name)}Endpoint`, service);
      services.set(name, { stores: stores.map((store) => store.name), endpoint });
    }
    this.services = services;

    const relayEnvironment: EnvironmentOf<typeof relayChangesEnv> = {
      EVENT_STREAM: exchange.events.streamName,
      MESSAGE_KEY_SECRET: exchange.messageKey.secretArn,
    };
    const relay = make('ChangeRelay', {
      verb: 'relay-changes',
      description: 'Puts change events of the sample services onto the events stream',
      environment: relayEnvironment,
    });
    exchange.events.grantSend(relay);
    exchange.messageKey.grantKey(relay);
    for (const [name, records] of tables) {
      new StreamConsumer(this, `${pascalCase(name)}Changes`, {
        source: { arn: records.tableStreamArn!, grantConsume: (fn) => records.grantConsume(fn) },
        function: relay,
        batchSize: 100,
        deadLetters,
        retryAttempts: 100,
        // A table's stream keeps its records for 24 hours.
        maxRecordAge: Duration.hours(20),
        alarms,
      });
    }

    const seedEnvironment: EnvironmentOf<typeof seedSamplesEnv> = {
      RECORDS_TABLES: this.toJsonString(
        Object.fromEntries([...tables].map(([name, { tableName }]) => [name, tableName])),
      ),
    };
    const seed = make('SampleSeeder', {
      verb: 'seed-samples',
      description: 'Fills the sample services with made-up people',
      environment: seedEnvironment,
      timeout: Duration.minutes(5),
    });
    for (const records of tables.values()) records.grantUse(seed, ['PutItem']);

    new CfnOutput(this, 'SampleSeederLink', {
      description: 'Press Test there to fill the services with made-up people',
      value: consoleLink(seed),
    });
  }
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
