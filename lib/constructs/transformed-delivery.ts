import { Aws, RemovalPolicy, Stack, Validations, type Duration, type Size } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogStream } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { CustomerKey } from './customer-key.ts';
import type { EncryptedBucket } from './encrypted-bucket.ts';
import type { EncryptedStream } from './encrypted-stream.ts';
import { OperationsLog } from './operations-log.ts';

export interface TransformedDeliveryProps {
  /** The delivery stream's own name; objects are called after it. */
  readonly name: string;
  readonly source: EncryptedStream;
  readonly transform: {
    readonly function: IFunction;
    /** How much is gathered for one invocation: 0.2 to 3 MB, 0 to 900 s. */
    readonly bufferSize: Size;
    readonly bufferInterval: Duration;
  };
  readonly destination: {
    readonly bucket: EncryptedBucket;
    readonly key: CustomerKey;
    /** Where keys of good records begin, without expressions: `phi-data/`. */
    readonly prefix: string;
    /** Expressions after the prefix. @default none: Firehose's own YYYY/MM/dd/HH/ */
    readonly partitions?: string;
    /** Where keys of failed records begin, without expressions. */
    readonly errorPrefix: string;
    readonly fileExtension: string;
    readonly gzip: boolean;
    /** How much is gathered for one object: 1 to 128 MiB, 0 to 900 s. */
    readonly bufferSize: Size;
    readonly bufferInterval: Duration;
  };
  readonly alarms: AlarmTopic;
  /** Days that its error log stays. Firehose writes codes there, no records. */
  readonly logRetentionDays: number;
  readonly retain: boolean;
}

/**
 * A delivery stream from a data stream through a transform function into a bucket.
 * Its role may do what Firehose's developer guide lists for this and no more. CDK's own construct
 * would let it delete objects too, and adds a mapping that nothing refers to.
 */
export class TransformedDelivery extends Construct {
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, props: TransformedDeliveryProps) {
    super(scope, id);
    const { source, transform, destination } = props;
    const prefixes = [destination.prefix, destination.errorPrefix];
    const logGroup = new OperationsLog(this, 'Log', {
      retentionDays: props.logRetentionDays,
      retain: props.retain,
    });
    const role = new Role(this, 'Role', {
      // Without the condition, Firehose could be made to use the role for another account's stream.
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Aws.ACCOUNT_ID } },
      }),
    });
    source.grantDeliver(role);
    destination.bucket.grantDeliver(role, prefixes);
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'],
      resourceArns: [transform.function.functionArn, `${transform.function.functionArn}:$LATEST`],
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:PutLogEvents'],
      resourceArns: [logGroup.logGroupArn],
    });

    const logStream = new LogStream(this, 'LogStream', {
      logGroup,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });

    this.stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: props.name,
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: {
        kinesisStreamArn: source.streamArn,
        roleArn: role.roleArn,
      },
      extendedS3DestinationConfiguration: {
        bucketArn: destination.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${destination.prefix}${destination.partitions ?? ''}`,
        // Firehose adds a date to a prefix without expressions, but none to this.
        errorOutputPrefix: `${destination.errorPrefix}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        fileExtension: destination.fileExtension,
        compressionFormat: destination.gzip ? 'GZIP' : 'UNCOMPRESSED',
        encryptionConfiguration: {
          kmsEncryptionConfig: { awskmsKeyArn: destination.key.keyArn },
        },
        bufferingHints: {
          sizeInMBs: destination.bufferSize.toMebibytes(),
          intervalInSeconds: destination.bufferInterval.toSeconds(),
        },
        processingConfiguration: {
          enabled: true,
          processors: [{ type: 'Lambda', parameters: parameters(transform) }],
        },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.logGroupName,
          logStreamName: logStream.logStreamName,
        },
      },
    });
    // Firehose tries the role out when it makes the stream: its policy must be there first.
    this.stream.node.addDependency(role);

    Validations.of(this.stream).acknowledge({
      id: 'AwsSolutions-KDF1',
      reason:
        'A delivery stream that reads from a data stream takes no encryption of its own: its records are encrypted in the data stream, under our key (API reference, StartDeliveryStreamEncryption).',
    });
    for (const prefix of prefixes) this.acknowledgeObjects(role, destination.bucket, prefix);
    this.alarm(props);
  }

  /** The finding as cdk-nag writes it, which is how it is acknowledged alone. */
  private acknowledgeObjects(role: Role, bucket: EncryptedBucket, prefix: string): void {
    const arn = Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${arn}.Arn>/${prefix}*]`,
      reason: `Firehose chooses the names of the objects; the role reaches those below ${prefix} alone.`,
    });
  }

  private alarm({ name, alarms, destination }: TransformedDeliveryProps): void {
    const metric = (metricName: string, statistic: string): Metric =>
      new Metric({
        namespace: 'AWS/Firehose',
        metricName,
        statistic,
        dimensionsMap: { DeliveryStreamName: name },
        period: ALARM_PERIOD,
      });
    alarms.watch('DeliveryLate', {
      metric: metric('DeliveryToS3.DataFreshness', 'Maximum'),
      // Firehose delivers when its buffer is full or old; what is far older is stuck.
      above: destination.bufferInterval.toSeconds() + 900,
      meaning: `${name} holds records that should long be in the bucket: see its error log.`,
    });
    alarms.watch('DeliveryFailed', {
      metric: metric('DeliveryToS3.Success', 'Average'),
      below: 1,
      meaning: `${name} could not put objects into the bucket: look at its role, key and error log.`,
    });
    alarms.watch('TransformRefused', {
      metric: metric('ExecuteProcessing.Success', 'Average'),
      below: 1,
      meaning: `${name} could not use the transform's answers; after three tries a whole batch lies below the error prefix.`,
    });
    // The counterpart of ThrottledRecords, which counts direct puts only.
    alarms.watch('ReadThrottled', {
      metric: metric('ThrottledGetRecords', 'Sum'),
      above: 0,
      evaluationPeriods: 3,
      meaning: `${name} is refused reads from the data stream: other consumers take its share, or shards are too few.`,
    });
  }
}

/** Source: Firehose API reference, ProcessorParameter. */
function parameters({
  function: handler,
  bufferSize,
  bufferInterval,
}: TransformedDeliveryProps['transform']): CfnDeliveryStream.ProcessorParameterProperty[] {
  return [
    // Firehose asks for a version and the console would write this one too.
    { parameterName: 'LambdaArn', parameterValue: `${handler.functionArn}:$LATEST` },
    { parameterName: 'BufferSizeInMBs', parameterValue: String(bufferSize.toMebibytes()) },
    {
      parameterName: 'BufferIntervalInSeconds',
      parameterValue: String(bufferInterval.toSeconds()),
    },
    { parameterName: 'NumberOfRetries', parameterValue: '3' },
  ];
}
