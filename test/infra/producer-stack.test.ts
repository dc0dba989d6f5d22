import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { PRODUCTION, templatesOf } from './synthesize.ts';

const name = 'sensitive-data-producer-stack';

describe('the producer stack', () => {
  let template: Template;
  let production: Template;
  beforeAll(() => {
    template = templatesOf().get(name)!;
    production = templatesOf({ context: { ...PRODUCTION, 'lethe:shards': '3' } }).get(name)!;
  });

  it('encrypts the stream under a rotating key of its own', () => {
    template.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamEncryption: {
        EncryptionType: 'KMS',
        KeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      RotationPeriodInDays: 365,
    });
  });

  it('scales the stream by itself, or has the shards asked for', () => {
    template.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      ShardCount: Match.absent(),
    });
    production.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      ShardCount: 3,
    });
  });

  it('keeps records as long as the data map says, and says whose they are', () => {
    template.hasResourceProperties('AWS::Kinesis::Stream', {
      RetentionPeriodHours: 24,
      Tags: [
        { Key: 'DataOwner', Value: 'data-platform' },
        { Key: 'PersonalData', Value: 'birth-date national-id' },
        { Key: 'Retention', Value: '1 days' },
      ],
    });
  });

  it('lets the producer put records, count shards, log and trace, and nothing else', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const statements = (
      policy as { Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } } }
    ).Properties.PolicyDocument.Statement;
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'kinesis:DescribeStreamSummary',
      'kinesis:PutRecords',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it('lets the key be used through Kinesis and for this stream alone', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:GenerateDataKey',
            Condition: {
              StringEquals: {
                'kms:ViaService': {
                  'Fn::Join': [
                    '',
                    ['kinesis.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }],
                  ],
                },
              },
              StringLike: {
                'kms:EncryptionContext:aws:kinesis:arn': [
                  { 'Fn::GetAtt': [Match.stringLikeRegexp('^CustomerEvents'), 'Arn'] },
                ],
              },
            },
          }),
        ]),
      },
    });
  });

  it('gives the producer a good minute on a current runtime, traced, logged for a time', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: Match.anyValue(),
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^StreamDataProducerLog') } },
    });
    const [producer] = Object.values(template.findResources('AWS::Lambda::Function'));
    const { Timeout } = (producer as { Properties: { Timeout: number } }).Properties;
    expect(Timeout).toBeGreaterThanOrEqual(60);
    expect(Timeout).toBeLessThanOrEqual(900);
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    production.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  it('rings when the producer fails or a reader falls behind', () => {
    for (const metric of [
      'Errors',
      'Throttles',
      'RecordsUnaccepted',
      'GetRecords.IteratorAgeMilliseconds',
    ]) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: metric,
        AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlarmsTopic') }],
        TreatMissingData: 'notBreaching',
      });
    }
  });

  it('names the producer in the console and the stream', () => {
    template.hasOutput('streamDataProducer', {
      Value: {
        'Fn::Join': [
          '',
          Match.arrayWith([
            'https://console.aws.amazon.com/lambda/home?region=',
            { Ref: Match.stringLikeRegexp('^StreamDataProducer') },
          ]),
        ],
      },
    });
    template.hasOutput('streamName', { Value: { Ref: Match.stringLikeRegexp('^CustomerEvents') } });
  });

  it('goes with the stack in the demo and stays in production', () => {
    for (const type of ['AWS::Kinesis::Stream', 'AWS::KMS::Key', 'AWS::Logs::LogGroup']) {
      template.allResources(type, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
      production.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });
});

describe('the alarms', () => {
  it('ring on an encrypted topic that CloudWatch can reach', () => {
    const template = templatesOf({ context: { 'lethe:alarm-email': 'ops@example.org' } }).get(
      name,
    )!;
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.org',
    });
    const cloudWatch = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish', ...cloudWatch })]),
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], ...cloudWatch }),
        ]),
      },
    });
  });

  it('ring on the topic that is there already, where one is given', () => {
    const arn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
    const template = templatesOf({ context: { 'lethe:alarm-topic-arn': arn } }).get(name)!;
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [arn] });
  });
});
