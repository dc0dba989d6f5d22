import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays, type LogGroupProps } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface OperationsLogProps extends Omit<LogGroupProps, 'retention'> {
  /** Days that a line stays; one of those that CloudWatch Logs takes. */
  readonly retentionDays: number;
  /** Whether the lines must outlive the stack. */
  readonly retain: boolean;
}

/** A log group that its stack owns. What is written there holds no personal data. */
export class OperationsLog extends LogGroup {
  constructor(
    scope: Construct,
    id: string,
    { retentionDays, retain, ...props }: OperationsLogProps,
  ) {
    const retention = Object.values(RetentionDays).find(
      (days): days is RetentionDays => Number(days) === retentionDays,
    );
    if (retention === undefined) {
      throw new RangeError(`CloudWatch Logs cannot keep lines for ${retentionDays} days`);
    }
    super(scope, id, {
      retention,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...props,
    });
  }
}
