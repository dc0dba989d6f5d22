import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';
import { dataMap } from '../../lib/data-map.ts';
import { PRODUCTION, templatesOf } from './synthesize.ts';

const name = 'sensitive-data-filter-stack';

function bucketOf(template: Template, prefix: string): Record<string, unknown> {
  const found = Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) =>
    id.startsWith(prefix),
  );
  return found![1];
}

describe('the archive and the suppression list', () => {
  let template: Template;
  let production: Template;
  beforeAll(() => {
    template = templatesOf().get(name)!;
    production = templatesOf({ context: PRODUCTION }).get(name)!;
  });

  it('keeps the archive versioned, under its key, private and logged', () => {
    const { Properties } = bucketOf(template, 'DataStore') as {
      Properties: Record<string, unknown>;
    };
    expect(Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LoggingConfiguration: { LogFilePrefix: 'DataStore/' },
    });
  });

  it('opens no bucket to the public or to a plain connection', () => {
    for (const bucket of Object.keys(template.findResources('AWS::S3::Bucket'))) {
      template.hasResourceProperties('AWS::S3::BucketPolicy', {
        Bucket: { Ref: bucket },
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: 's3:*',
              Principal: { AWS: '*' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
            Match.objectLike({
              Effect: 'Deny',
              Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
            }),
          ]),
        },
      });
    }
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('forgets in time: the archive by the data map, failed records and old versions soon', () => {
    const rules = (of: Template): unknown =>
      (bucketOf(of, 'DataStore') as { Properties: { LifecycleConfiguration: { Rules: unknown } } })
        .Properties.LifecycleConfiguration.Rules;
    expect(rules(template)).toEqual([
      {
        Id: 'noncurrent-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 7 },
        ExpiredObjectDeleteMarker: true,
      },
      {
        Id: 'unfinished-uploads',
        Status: 'Enabled',
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
      { Id: 'archive', Status: 'Enabled', Prefix: 'phi-data/', ExpirationInDays: 365 },
      {
        Id: 'failed-records',
        Status: 'Enabled',
        Prefix: 'phi-errors/',
        ExpirationInDays: 14,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
    ]);
    const impatient = templatesOf({ context: { 'lethe:failed-record-days': 3 } }).get(name)!;
    expect(rules(impatient)).toContainEqual(
      expect.objectContaining({ Id: 'failed-records', ExpirationInDays: 3 }),
    );
  });

  it('tags the archive as the data map says', () => {
    const { Properties } = bucketOf(production, 'DataStore') as { Properties: { Tags: unknown } };
    expect(Properties.Tags).toEqual([
      { Key: 'DataOwner', Value: 'data-platform' },
      { Key: 'PersonalData', Value: 'birth-date national-id' },
      { Key: 'Retention', Value: '365 days' },
    ]);
  });

  it('keeps the suppression list encrypted, recoverable, and lets entries lapse', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      DeletionProtectionEnabled: false,
    });
    production.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  it('hashes with random keys that nobody sees, one for the list and one for fields if hashed', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
    const events = dataMap.stores['customer-events'] as StreamStore;
    const fields = events.fields.map((field) => ({ ...field, redact: { kind: 'keyed-hash' } }));
    const map = defineDataMap({
      ...dataMap,
      stores: { ...dataMap.stores, 'customer-events': { ...events, fields } },
    });
    const context = { 'lethe:transform-buffer-mb': 0.4 };
    const hashing = templatesOf({ map, context }).get(name)!;
    hashing.resourceCountIs('AWS::SecretsManager::Secret', 2);
    hashing.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          SUPPRESSION_TABLE: { Ref: Match.stringLikeRegexp('^SuppressionList') },
          SUPPRESSION_KEY_SECRET: { Ref: Match.stringLikeRegexp('^SuppressionKey') },
          HASH_KEY_SECRET: { Ref: Match.stringLikeRegexp('^HashKey') },
        }),
      },
    });
  });

  it('stays in production, whatever holds data or tells of it', () => {
    for (const type of [
      'AWS::S3::Bucket',
      'AWS::DynamoDB::Table',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
      'AWS::Logs::LogGroup',
    ]) {
      production.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    production.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  it('leaves nothing behind in the demo: buckets are emptied, logs are the stack’s own', () => {
    const retained = Object.entries(
      (template.toJSON() as { Resources: Record<string, { DeletionPolicy?: string }> }).Resources,
    ).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(retained).toEqual([]);
    const buckets = Object.keys(template.findResources('AWS::S3::Bucket'));
    expect(buckets).toHaveLength(2);
    for (const bucket of buckets) {
      template.hasResourceProperties('Custom::S3AutoDeleteObjects', {
        BucketName: { Ref: bucket },
      });
    }
    template.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: Match.anyValue() } },
    });
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });
});
