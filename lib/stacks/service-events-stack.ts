import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { RequestConfig } from '../settings/request-config.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedStream } from '../constructs/encrypted-stream.ts';
import { SecretKey } from '../constructs/secret-key.ts';

export interface ServiceEventsStackProps extends StackProps {
  readonly config: Config;
  readonly requests: RequestConfig;
}

/**
 * Where services and executors tell what became of tasks. A stack of its own: services send here,
 * and the requests call services, so that each can be deployed before the other.
 */
export class ServiceEventsStack extends Stack {
  /** Status and change events, signed; no personal data. */
  readonly events: EncryptedStream;
  /** What signs everything on the task stream and the events stream. */
  readonly messageKey: SecretKey;

  constructor(scope: Construct, id: string, props: ServiceEventsStackProps) {
    const { config, requests, ...stackProps } = props;
    const retain = config.stage === 'production';
    super(scope, id, {
      description: 'Lethe: where services tell what became of data subject requests',
      terminationProtection: retain,
      ...stackProps,
    });

    const key = new CustomerKey(this, 'Key', {
      description: 'Events about data subject requests',
      retain,
      rotationPeriod: Duration.days(config.operations.keyRotationDays),
    });
    this.events = new EncryptedStream(this, 'Events', {
      key,
      retain,
      capacity: requests.capacity,
      // Long enough to mend a completion function that fails over a holiday.
      retentionPeriod: Duration.days(7),
    });
    this.messageKey = new SecretKey(this, 'MessageKey', {
      description: 'Signs messages between the requests engine and services',
      key,
      retain,
    });

    new CfnOutput(this, 'ServiceEvents', {
      description: 'The stream that services put their change events into',
      value: this.events.streamName,
    });
    new CfnOutput(this, 'ServiceMessageKey', {
      description: 'The secret from which the keys of services are derived',
      value: this.messageKey.secretArn,
    });
  }
}
