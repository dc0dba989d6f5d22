import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key, type KeyProps } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface CustomerKeyProps extends KeyProps {
  /** Whether what it encrypts must outlive the stack. */
  readonly retain: boolean;
}

/** How a grantee reaches the key: never itself, only through a service and for one resource. */
export interface KeyUse {
  /** The service's name as endpoints have it, such as `kinesis`. */
  readonly service: string;
  readonly actions: readonly string[];
  /**
   * Which encryption contexts the service must send, such as `aws:s3:arn`; `*` is any text.
   * @default none: for actions that take none, such as kms:DescribeKey
   */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** 7 days is the least that KMS takes, 30 the most. Source: API reference, ScheduleKeyDeletion. */
export function keyPendingWindow(retain: boolean): Duration {
  return Duration.days(retain ? 30 : 7);
}

/** A key of the customer's own: rotated, and of no use to a role outside the service it is for. */
export class CustomerKey extends Key {
  constructor(scope: Construct, id: string, { retain, ...props }: CustomerKeyProps) {
    super(scope, id, {
      enableKeyRotation: true,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      pendingWindow: keyPendingWindow(retain),
      ...props,
    });
  }

  /** Lets `grantee` use the key when `use.service` calls it on the grantee's behalf. */
  grantThrough(grantee: IGrantable, { service, actions, context = {} }: KeyUse): Grant {
    const contexts = Object.entries(context).map(([name, values]) => [
      `kms:EncryptionContext:${name}`,
      [...values],
    ]);
    return Grant.addToPrincipal({
      grantee,
      actions: [...actions],
      resourceArns: [this.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` },
        ...(contexts.length === 0
          ? {}
          : { StringLike: Object.fromEntries(contexts) as Record<string, string[]> }),
      },
    });
  }
}
