import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { actionsOf, statementsOf, type Statement } from './role-statements.ts';
import {
  acknowledgements,
  composeApp,
  nagFindings,
  PRODUCTION,
  templatesOf,
} from './synthesize.ts';
import { MAP_WITH_TABLES } from './warehouse-map.ts';

const name = 'warehouse-erasure-stack';
const SERVERLESS = { 'lethe:warehouse': 'serverless' };
const WORKGROUP = {
  'lethe:warehouse': 'workgroup',
  'lethe:warehouse-name': 'analytics',
  'lethe:warehouse-workgroup-arn':
    'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/11111111-2222',
  'lethe:warehouse-backup-days': 35,
};
const CLUSTER = { 'lethe:warehouse': 'cluster', 'lethe:warehouse-name': 'analytics' };
const READER = 'arn:aws:iam::123456789012:role/analyst';
const CATALOGUE = {
  'lethe:lake-formation-database': 'shop_share',
  'lethe:lake-formation-readers': READER,
  'lethe:lake-formation-personal-readers': JSON.stringify([{ role: READER, values: ['contact'] }]),
};

function synthesize(context: object): ReadonlyMap<string, Template> {
  return templatesOf({ context: { ...context }, map: MAP_WITH_TABLES });
}

describe('the stack of the warehouse', () => {
  let all: ReadonlyMap<string, Template>;
  let template: Template;
  beforeAll(() => {
    all = synthesize({ ...SERVERLESS, ...CATALOGUE });
    template = all.get(name)!;
  });

  it('is absent unless it is asked for, and then no request goes to a table', () => {
    const without = synthesize({});
    expect([...without.keys()]).not.toContain(name);
    const requests = without.get('data-subject-requests-stack')!;
    expect(JSON.stringify(requests.toJSON())).not.toContain('lethe-serve-warehouse');
    const left = ['customers-table', 'orders-table', 'tickets-table', 'invoices-table'];
    for (const description of [/^Drives a request on/, /^Drives what is due/]) {
      requests.hasResourceProperties('AWS::Lambda::Function', {
        Description: Match.stringLikeRegexp(description.source),
        Environment: {
          Variables: { STORES_LEFT_OUT: JSON.stringify(left) },
        },
      });
    }
    requests.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { AREA: 'warehouse' } } },
      0,
    );
  });

  it('says so when it is synthesized', () => {
    const app = composeApp({ map: MAP_WITH_TABLES });
    const { messages } = app.synth().getStackByName('data-subject-requests-stack');
    expect(messages.map(({ entry }) => JSON.stringify(entry.data))).toContainEqual(
      expect.stringMatching(/^"No request reaches .*customers-table.* lethe:warehouse=/),
    );
  });

  it('has the requests ask the warehouse for each table, and call it by its name alone', () => {
    const requests = all.get('data-subject-requests-stack')!;
    requests.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          AREA: 'warehouse',
          SERVICES: Match.objectLike({
            'Fn::Join': [
              '',
              Match.arrayWith([Match.stringLikeRegexp('customers-table.*"kind":"lambda"')]),
            ],
          }),
        },
      },
    });
    expect(actionsOf(requests, 'WarehouseExecutor', 'lambda:')).toEqual(['InvokeFunction']);
    requests.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { STORES_LEFT_OUT: Match.anyValue() } } },
      0,
    );
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'lethe-serve-warehouse',
    });
  });

  it('keeps the warehouse where nobody reaches it, encrypted, over TLS alone', () => {
    template.hasResourceProperties('AWS::RedshiftServerless::Workgroup', {
      PubliclyAccessible: false,
      EnhancedVpcRouting: true,
      ConfigParameters: Match.arrayWith([{ ParameterKey: 'require_ssl', ParameterValue: 'true' }]),
    });
    template.hasResourceProperties('AWS::RedshiftServerless::Namespace', {
      ManageAdminPassword: true,
      AdminPasswordSecretKmsKeyId: Match.anyValue(),
      KmsKeyId: Match.anyValue(),
      AdminUserPassword: Match.absent(),
    });
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
    });
  });

  it('tags namespace and workgroup with what the data map says of all tables', () => {
    for (const type of ['Namespace', 'Workgroup']) {
      template.hasResourceProperties(`AWS::RedshiftServerless::${type}`, {
        Tags: Match.arrayWith([
          { Key: 'DataOwner', Value: 'finance sales support' },
          { Key: 'PersonalData', Value: 'account contact free-text location name' },
          { Key: 'Retention', Value: '730 days' },
        ]),
      });
    }
  });

  it('looks each day for rows that are due, and purges snapshots each day', () => {
    const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')) as {
      Properties: { ScheduleExpression: string; Target: { Arn: { 'Fn::GetAtt'?: string[] } } };
    }[];
    expect(schedules.map(({ Properties }) => Properties.ScheduleExpression)).toEqual([
      'rate(1440 minutes)',
      'rate(1440 minutes)',
    ]);
  });

  it.each(['WarehouseService', 'ForgottenRows', 'LedgerReplay', 'SnapshotPurgeStep'])(
    'lets %s run SQL in this workgroup alone and see its own statements only',
    (id) => {
      const sql = statementsOf(template, id).filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith('redshift-data:')),
      );
      for (const { Action, Resource, Condition } of sql) {
        if ([Action].flat().includes('redshift-data:DescribeStatement')) {
          expect(Condition).toEqual({
            StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' },
          });
        } else if (Condition === undefined) {
          expect(JSON.stringify(Resource)).toMatch(/Workgroup\.WorkgroupArn/);
        } else {
          expect(Condition).toEqual({ StringLike: { 'aws:ResourceTag/LethePurge': '*' } });
        }
      }
      expect(sql.length).toBeGreaterThan(1);
      expect(actionsOf(template, id, 'redshift:')).toEqual([]);
      template.hasResourceProperties('AWS::IAM::Role', {
        Tags: Match.arrayWith([{ Key: 'RedshiftDbRoles', Value: 'lethe_eraser' }]),
      });
    },
  );

  it('lets each function do to the ledger only what it is for', () => {
    const s3 = (id: string): string[] => actionsOf(template, id, 's3:');
    expect(s3('WarehouseService')).not.toContain('GetObject');
    expect(s3('ForgottenRows')).not.toContain('PutObject');
    const reads = ['GetObject', 'ListBucket', 'ListBucketVersions'];
    expect(s3('LedgerReplay')).toEqual(reads);
    expect(s3('SnapshotPurgeStep')).toEqual(reads);
    const purge = actionsOf(template, 'SnapshotPurgeStep', 'redshift-serverless:');
    expect(purge).not.toContain('UpdateNamespace');
    expect(actionsOf(template, 'ForgottenRows', 'redshift-serverless:')).toEqual([
      ...['CreateSnapshot', 'GetCredentials', 'GetSnapshot', 'TagResource'],
    ]);
  });

  it('rings when a pass was stopped, rows are left, or a purge failed', () => {
    for (const MetricName of ['PassesStopped', 'RowsLeft', 'ExecutionsFailed']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Threshold: 0,
        AlarmActions: Match.anyValue(),
      });
    }
  });

  it('gives Lake Formation tags and grants where a catalogue is named, and none elsewhere', () => {
    template.resourceCountIs('AWS::LakeFormation::Tag', 2);
    template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', {
      Principal: { DataLakePrincipalIdentifier: READER },
    });
    synthesize(SERVERLESS).get(name)!.resourceCountIs('AWS::LakeFormation::Tag', 0);
  });

  it.each([
    ['a workgroup', WORKGROUP, 'redshift-serverless:GetCredentials'],
    ['a cluster', CLUSTER, 'redshift:GetClusterCredentialsWithIAM'],
  ])('uses %s that is there and makes none', (_, context, action) => {
    const found = synthesize(context).get(name)!;
    found.resourceCountIs('AWS::RedshiftServerless::Namespace', 0);
    found.resourceCountIs('AWS::EC2::VPC', 0);
    // Whoever made it backs it up: nothing is restored or deleted in their name.
    found.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    const may = statementsOf(found, 'WarehouseService').flatMap(({ Action }) => Action);
    expect(may).toContain(action);
    const pass = statementsOf(found, 'ForgottenRows').flatMap(({ Action }) => Action);
    expect(pass).not.toContain('redshift-serverless:CreateSnapshot');
    expect(pass).not.toContain('redshift:CreateClusterSnapshot');
  });

  it('keeps what holds data in production, and leaves nothing behind in a demo', () => {
    const production = synthesize({ ...PRODUCTION, ...SERVERLESS }).get(name)!;
    production.hasResource('AWS::RedshiftServerless::Namespace', {
      DeletionPolicy: 'Retain',
      Properties: { FinalSnapshotRetentionPeriod: 29 },
    });
    template.hasResource('AWS::RedshiftServerless::Namespace', { DeletionPolicy: 'Delete' });
  });

  it('says why wherever it answers cdk-nag, and grants on all resources what takes none', () => {
    const app = composeApp({ context: { ...SERVERLESS }, map: MAP_WITH_TABLES });
    for (const { path, id, reason } of acknowledgements(app)) {
      if (!path.startsWith(name)) continue;
      expect(reason.length, `${id} at ${path}`).toBeGreaterThan(60);
      expect(id, 'a wildcard is answered for by name').not.toBe('AwsSolutions-IAM5');
    }
    const policies = Object.values(template.findResources('AWS::IAM::Policy')) as {
      Properties: { PolicyDocument: { Statement: Statement[] } };
    }[];
    const everywhere = policies
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => [Resource].flat().includes('*'))
      .flatMap(({ Action }) => Action);
    const without =
      /^(xray:(Put|Get)|logs:|redshift-data:(CancelStatement|DescribeStatement|GetStatementResult)$|redshift-serverless:ListSnapshots$|ec2:Describe)/;
    expect(everywhere.filter((action) => !without.test(action))).toEqual([]);
  });

  it.each([
    ['serverless', { ...SERVERLESS, ...CATALOGUE }],
    ['serverless in production', { ...PRODUCTION, ...SERVERLESS, ...CATALOGUE }],
    ['a workgroup', WORKGROUP],
    ['a cluster', CLUSTER],
  ])('leaves cdk-nag nothing to say of %s', (_, context) => {
    expect(nagFindings(composeApp({ context: { ...context }, map: MAP_WITH_TABLES }))).toEqual([]);
  });
});
