import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { templatesOf } from './synthesize.ts';

const name = 'sensitive-data-filter-stack';

describe('the filter stack', () => {
  let template: Template;
  let compressed: Template;
  beforeAll(() => {
    template = templatesOf().get(name)!;
    compressed = templatesOf({
      context: {
        'lethe:gzip': true,
        'lethe:hive-partitions': true,
        'lethe:buffer-seconds': 900,
        'lethe:buffer-mib': 128,
        'lethe:transform-buffer-mb': 0.2,
        'lethe:transform-buffer-seconds': 0,
        'lethe:transform-reserved-concurrency': 20,
      },
    }).get(name)!;
  });

  it('delivers as published: name, prefixes, buffers, one file extension', () => {
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamName: 'phi_data_filter',
      DeliveryStreamType: 'KinesisStreamAsSource',
      ExtendedS3DestinationConfiguration: {
        Prefix: 'phi-data/',
        ErrorOutputPrefix: 'phi-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        FileExtension: '.jsonl',
        CompressionFormat: 'UNCOMPRESSED',
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
        EncryptionConfiguration: {
          KMSEncryptionConfig: {
            AWSKMSKeyARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
          },
        },
      },
    });
  });

  it('can compress, and partition by date as Hive reads it', () => {
    compressed.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        Prefix:
          'phi-data/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/',
        FileExtension: '.jsonl.gz',
        CompressionFormat: 'GZIP',
        BufferingHints: { IntervalInSeconds: 900, SizeInMBs: 128 },
      },
    });
    compressed.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 20 });
  });

  it.each([
    ['by default', () => template, '1', '10'],
    ['as asked for', () => compressed, '0.2', '0'],
  ])('has the function redact every batch, gathered %s', (_, of, megabytes, seconds) => {
    of().hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      ExtendedS3DestinationConfiguration: {
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: 'Lambda',
              Parameters: [
                {
                  ParameterName: 'LambdaArn',
                  ParameterValue: {
                    'Fn::Join': [
                      '',
                      [
                        {
                          'Fn::GetAtt': [
                            Match.stringLikeRegexp('^SensitiveDataFilterFunction'),
                            'Arn',
                          ],
                        },
                        ':$LATEST',
                      ],
                    ],
                  },
                },
                { ParameterName: 'BufferSizeInMBs', ParameterValue: megabytes },
                { ParameterName: 'BufferIntervalInSeconds', ParameterValue: seconds },
                { ParameterName: 'NumberOfRetries', ParameterValue: '3' },
              ],
            },
          ],
        },
      },
    });
  });

  it('makes the delivery stream only once its role may do what Firehose documents', () => {
    const statements = [
      Match.objectLike({ Action: 'kms:Decrypt' }),
      Match.objectLike({
        Action: [
          'kinesis:DescribeStream',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
      }),
      Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
      Match.objectLike({
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      }),
      Match.objectLike({
        Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        Resource: [
          { 'Fn::Join': ['', [Match.anyValue(), '/phi-data/*']] },
          { 'Fn::Join': ['', [Match.anyValue(), '/phi-errors/*']] },
        ],
      }),
      Match.objectLike({ Action: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'] }),
      Match.objectLike({ Action: 'logs:PutLogEvents' }),
    ];
    const policies = template.findResources('AWS::IAM::Policy', {
      Properties: { PolicyDocument: { Statement: statements } },
    });
    expect(Object.keys(policies)).toHaveLength(1);
    template.hasResource('AWS::KinesisFirehose::DeliveryStream', {
      DependsOn: Match.arrayWith(Object.keys(policies)),
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'firehose.amazonaws.com' },
            Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  it('answers Firehose within the five minutes that a transform has', () => {
    for (const resource of Object.values(template.findResources('AWS::Lambda::Function'))) {
      const { Properties } = resource as { Properties: { Timeout: number; Handler: string } };
      if (Properties.Handler === 'index.handler' && 'TracingConfig' in Properties) {
        expect(Properties.Timeout).toBeLessThanOrEqual(300);
      }
    }
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it.each([
    ['Errors', { Namespace: 'AWS/Lambda', Threshold: 0 }],
    ['Throttles', { Namespace: 'AWS/Lambda', Threshold: 0 }],
    [
      'RecordsFailed',
      {
        Namespace: 'Lethe',
        Dimensions: [{ Name: 'service', Value: 'redact-events' }],
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
      },
    ],
    ['DeliveryToS3.DataFreshness', { Namespace: 'AWS/Firehose', Threshold: 960 }],
    ['DeliveryToS3.Success', { ComparisonOperator: 'LessThanThreshold', Threshold: 1 }],
    ['ExecuteProcessing.Success', { ComparisonOperator: 'LessThanThreshold', Threshold: 1 }],
    ['ThrottledGetRecords', { Namespace: 'AWS/Firehose', EvaluationPeriods: 3 }],
  ])('rings on %s', (metric, properties) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: metric,
      ...properties,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlarmsTopic') }],
      AlarmDescription: Match.anyValue(),
    });
  });

  it('names the filter in the console, the delivery stream and the archive', () => {
    template.hasOutput('SensitiveDataFilter', {
      Value: {
        'Fn::Join': ['', Match.arrayWith(['https://console.aws.amazon.com/lambda/home?region='])],
      },
    });
    template.hasOutput('FirehoseArn', {
      Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Delivery'), 'Arn'] },
    });
    template.hasOutput('FirehoseDataStore', {
      Value: { Ref: Match.stringLikeRegexp('^DataStore') },
    });
  });
});
