import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { PRODUCTION, templatesOf } from './synthesize.ts';

const name = 'data-subject-requests-stack';

interface Mapping {
  Properties: {
    EventSourceArn: { 'Fn::GetAtt'?: string[]; 'Fn::ImportValue'?: string };
    FilterCriteria?: { Filters: { Pattern: string }[] };
    MaximumRecordAgeInSeconds: number;
  };
}

describe('the stack of data subject requests', () => {
  let template: Template;
  let production: Template;
  beforeAll(() => {
    template = templatesOf().get(name)!;
    production = templatesOf({
      context: {
        ...PRODUCTION,
        'lethe:mail-identity': 'domain',
        'lethe:domain': 'dsr.gnoll.example',
        'lethe:domain-certificate-arn': 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
        'lethe:web-acl-arn': 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/1',
        'lethe:admin-cidrs': '192.0.2.0/24',
        'lethe:user-pool-id': 'eu-west-1_AbCdEf',
        'lethe:user-pool-clients': 'abc123',
        'lethe:request-shards': 2,
      },
    }).get(name)!;
  });

  const mappings = (): Mapping['Properties'][] =>
    Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(
      (found) => (found as Mapping).Properties,
    );

  it('has an executor for each area of the data map, which gets its own orders alone', () => {
    const patterns = mappings().flatMap(({ FilterCriteria }) =>
      (FilterCriteria?.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern) as unknown),
    );
    const areas = ['streaming', 'archive', 'user-services', 'commerce', 'content'];
    expect(patterns).toEqual(areas.map((area) => ({ data: { area: [area] } })));
  });

  it('loses no record of a stream: from the oldest on, halved, and whole among the dead letters', () => {
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 10_000,
      DestinationConfig: {
        OnFailure: {
          Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BucketsDeadLetters'), 'Arn'] },
        },
      },
    });
  });

  it('gives a record up before its stream forgets it', () => {
    const hours = (age: number): number => age / 3_600;
    for (const { EventSourceArn, MaximumRecordAgeInSeconds } of mappings()) {
      const isTable = EventSourceArn['Fn::GetAtt']?.[1] === 'StreamArn';
      // Table streams keep 24 hours, ours of Kinesis 7 days.
      expect(hours(MaximumRecordAgeInSeconds)).toBeLessThan(isTable ? 24 : 7 * 24);
    }
    template.allResourcesProperties('AWS::Kinesis::Stream', { RetentionPeriodHours: 168 });
  });

  it('gives functions more time than one of their steps may take, and the API less than its gateway', () => {
    for (const [id, found] of Object.entries(template.findResources('AWS::Lambda::Function'))) {
      const { Timeout: timeout } = (found as { Properties: { Timeout: number } }).Properties;
      // What is left is looked at: nothing begins with less than a minute.
      if (/Executor|Orchestrator|Watcher/.test(id)) expect(timeout, id).toBeGreaterThan(120);
      if (/^Api/.test(id)) expect(timeout, id).toBeLessThanOrEqual(29);
    }
  });

  it('makes the table of requests as its adapter reads it', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: ['by-wake-time', 'with-outbox', 'by-receipt'].map((IndexName) =>
        Match.objectLike({ IndexName, Projection: { ProjectionType: 'KEYS_ONLY' } }),
      ),
    });
  });

  it('keeps no backup of the table of keys, from which a destroyed one could come back', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
    const without = Object.values(template.findResources('AWS::DynamoDB::Table')).filter(
      (found) =>
        !(
          found as {
            Properties: {
              PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean };
            };
          }
        ).Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
    );
    expect(without).toHaveLength(1);
  });

  it('encrypts every table, stream, topic, queue and secret under a key of its own', () => {
    const ofKey = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    template.allResourcesProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: ofKey },
    });
    template.allResourcesProperties('AWS::Kinesis::Stream', {
      StreamEncryption: { EncryptionType: 'KMS', KeyId: ofKey },
    });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: ofKey });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: ofKey });
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: ofKey });
  });

  it('signs with RSA of 4096 bits that never leaves KMS', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      KeySpec: 'RSA_4096',
      KeyUsage: 'SIGN_VERIFY',
    });
  });

  it('locks audit entries: against mistakes in the demo, against everybody in production', () => {
    const locked = (Mode: string, Days: number) => ({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode, Days } } },
    });
    template.hasResourceProperties('AWS::S3::Bucket', locked('GOVERNANCE', 1));
    production.hasResourceProperties('AWS::S3::Bucket', locked('COMPLIANCE', 2557));
  });

  it('keeps personal data and secrets of links out of the API’s logs', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'));
    const { AccessLogSetting, MethodSettings } = (
      stage as {
        Properties: {
          AccessLogSetting: { Format: string };
          MethodSettings: { DataTraceEnabled: boolean; LoggingLevel: string }[];
        };
      }
    ).Properties;
    expect(AccessLogSetting.Format).not.toMatch(
      /\$context\.(path|identity|authorizer|customDomain)/,
    );
    for (const { DataTraceEnabled, LoggingLevel } of MethodSettings) {
      expect([DataTraceEnabled, LoggingLevel]).toEqual([false, 'OFF']);
    }
  });

  it('takes TLS 1.2 and better on either name of the API, throttled', () => {
    const tls = { SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09' };
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      ...tls,
      EndpointConfiguration: { Types: ['REGIONAL'] },
      DisableExecuteApiEndpoint: false,
    });
    production.hasResourceProperties('AWS::ApiGateway::DomainName', tls);
    production.hasResourceProperties('AWS::ApiGateway::RestApi', {
      DisableExecuteApiEndpoint: true,
    });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: Match.arrayWith([
        Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }),
      ]),
    });
  });

  it('lets administrators in from their networks alone, behind a web ACL, where asked for', () => {
    production.hasResourceProperties('AWS::ApiGateway::RestApi', {
      Policy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } },
          }),
        ]),
      },
    });
    production.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  });

  it('asks administrators for a second factor, and gives each role a group', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 14 }) },
    });
    for (const GroupName of ['auditor', 'operator', 'approver']) {
      template.hasResourceProperties('AWS::Cognito::UserPoolGroup', { GroupName });
    }
    production.resourceCountIs('AWS::Cognito::UserPool', 0);
    production.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          ADMINISTRATORS: {
            'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('eu-west-1_AbCdEf')])],
          },
        }),
      },
    });
  });

  it('drives each minute, surveys each quarter of an hour, and says what it could not call', () => {
    for (const [ScheduleExpression, work] of [
      ['rate(1 minute)', 'drive'],
      ['rate(15 minutes)', 'survey'],
      ['rate(60 minutes)', 'expire'],
    ]) {
      template.hasResourceProperties('AWS::Scheduler::Schedule', {
        ScheduleExpression,
        Target: Match.objectLike({
          Input: JSON.stringify({ work }),
          DeadLetterConfig: { Arn: Match.anyValue() },
          RetryPolicy: Match.objectLike({ MaximumRetryAttempts: 2 }),
        }),
      });
    }
  });

  it.each([
    ['RequestsPast50'],
    ['RequestsPast75'],
    ['RequestsPast90'],
    ['RequestsOverdue'],
    ['RequestsStuck'],
    ['OldestRequestAge'],
    ['OldestMessageAge'],
    ['LettersBuried'],
    ['AuditConflicts'],
    ['IteratorAge'],
    ['OnFailureDestinationDeliveredEventCount'],
    ['Errors'],
    ['Throttles'],
    ['Bounce'],
    ['5XXError'],
  ])('rings on %s', (MetricName) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^AlarmsTopic') }],
    });
  });

  it('verifies the sender’s domain where asked to, and tells its records', () => {
    production.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'gnoll.example' });
    template.resourceCountIs('AWS::SES::EmailIdentity', 0);
    expect(Object.keys(production.findOutputs('*')).filter((id) => /Dkim/.test(id))).toHaveLength(
      3,
    );
  });

  it('tells where it is reached', () => {
    for (const output of ['ApiUrl', 'DiscoveryUrl', 'NoticesTopic', 'AuditBucket']) {
      template.hasOutput(output, { Value: Match.anyValue() });
    }
    production.hasOutput('ApiUrl', { Value: 'https://dsr.gnoll.example' });
  });

  it('stays in production', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::Kinesis::Stream',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::SecretsManager::Secret',
      'AWS::Logs::LogGroup',
    ]) {
      const left = Object.entries(production.findResources(type)).filter(
        ([id, { DeletionPolicy }]) => DeletionPolicy !== 'Retain' && id !== 'TriggerLogEAF6BB58',
      );
      expect(left, type).toEqual([]);
    }
    production.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });
});
