import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { PRODUCTION, templatesOf } from './synthesize.ts';

const name = 'archive-erasure-stack';
const alone = { 'lethe:requests': false };

describe('the archive-erasure stack', () => {
  let template: Template;
  let production: Template;
  beforeAll(() => {
    template = templatesOf({ context: alone }).get(name)!;
    production = templatesOf({ context: { ...PRODUCTION, ...alone } }).get(name)!;
  });

  it('keeps filters without versions, so that what is replaced is gone', () => {
    const buckets = template.findResources('AWS::S3::Bucket') as Record<
      string,
      { Properties: { VersioningConfiguration?: unknown } }
    >;
    const versioned = Object.entries(buckets)
      .filter(([, { Properties }]) => Properties.VersioningConfiguration !== undefined)
      .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(versioned.sort()).toEqual([
      ...['StorageCertificates', 'StorageFiles', 'StorageQuarantine'],
    ]);
  });

  it('hears of objects through a sealed queue with dead letters, and answers message by message', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: { bucket: { name: [Match.anyValue()] } },
      },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      KmsMasterKeyId: Match.anyValue(),
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
      // Six times the function's timeout.
      VisibilityTimeout: 5400,
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
  });

  it('keeps keys of orders and patches where no backup brings them back', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'name', KeyType: 'HASH' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
  });

  it('runs a traced machine that logs everything but data, each hour, and rings when it fails', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: Match.objectLike({ Level: 'ALL', IncludeExecutionData: false }),
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(60 minutes)',
      Target: Match.objectLike({ Input: '{}', DeadLetterConfig: Match.anyValue() }),
    });
    for (const MetricName of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionTime']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName });
    }
  });

  it('stops at 10 % of the rows, starts each hour, works on 50 batches at once and can be undone for a week, unless it is told', () => {
    const chosen = templatesOf({
      context: {
        ...{ ...alone, 'lethe:archive-maximum-percent': '2.25' },
        ...{ 'lethe:archive-every-hours': 6, 'lethe:archive-workers': 7 },
        'lethe:archive-undo-days': 0,
      },
    }).get(name)!;
    const settingsOf = (of: Template) => {
      const [machine] = Object.values(of.findResources('AWS::StepFunctions::StateMachine'));
      const definition = JSON.stringify(machine).replaceAll('\\', '');
      const workers = [...definition.matchAll(/"MaxConcurrency":(\d+)/g)].map(([, most]) => most);
      const [steering] = Object.values(
        of.findResources('AWS::Lambda::Function', {
          Properties: { Environment: { Variables: { MOST_MATCHING: Match.anyValue() } } },
        }),
      ) as {
        Properties: { Environment: { Variables: Record<'MOST_MATCHING' | 'UNDO_DAYS', string> } };
      }[];
      const { MOST_MATCHING: most, UNDO_DAYS: undo } = steering!.Properties.Environment.Variables;
      return { workers, most, undo };
    };
    expect(settingsOf(template)).toEqual({
      workers: ['50', '50', '50', '50'],
      most: '1000',
      undo: '7',
    });
    expect(settingsOf(chosen)).toEqual({ workers: ['7', '7', '7', '7'], most: '225', undo: '0' });
    chosen.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(360 minutes)',
      Target: Match.objectLike({ Input: '{}' }),
    });
  });

  it('waits in production as long as Firehose may try to deliver', () => {
    const drainOf = (of: Template): number => {
      const [fn] = Object.values(
        of.findResources('AWS::Lambda::Function', {
          Properties: { Environment: { Variables: { DRAIN_SECONDS: Match.anyValue() } } },
        }),
      ) as { Properties: { Environment: { Variables: { DRAIN_SECONDS: string } } } }[];
      return Number(fn!.Properties.Environment.Variables.DRAIN_SECONDS);
    };
    expect(drainOf(production) - drainOf(template)).toBe(24 * 3600);
    // Buffers of the delivery and the transform, and how old the filter's list may be.
    expect(drainOf(template)).toBe(60 + 10 + 60);
  });

  it('stays in production, whatever holds data or tells of it', () => {
    for (const type of [
      ...['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Logs::LogGroup'],
      ...['AWS::SecretsManager::Secret', 'AWS::StepFunctions::StateMachine'],
    ]) {
      production.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });
});
