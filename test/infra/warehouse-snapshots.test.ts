import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { statementsOf } from './role-statements.ts';
import { acknowledgements, composeApp, nagFindings, templatesOf } from './synthesize.ts';
import { MAP_WITH_TABLES } from './warehouse-map.ts';

const name = 'warehouse-erasure-stack';
const MANAGED_CLUSTER = {
  ...{ 'lethe:warehouse': 'cluster', 'lethe:warehouse-name': 'analytics' },
  'lethe:warehouse-snapshots': 'managed',
  'lethe:warehouse-key-arn': 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222',
};
const MANAGED_WORKGROUP = {
  ...{ 'lethe:warehouse': 'workgroup', 'lethe:warehouse-name': 'analytics' },
  'lethe:warehouse-workgroup-arn':
    'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/11111111-2222',
  'lethe:warehouse-snapshots': 'managed',
  'lethe:warehouse-key-arn': 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222',
  'lethe:warehouse-namespace': 'analytics',
  'lethe:warehouse-subnets': 'subnet-12345678',
  'lethe:warehouse-security-groups': 'sg-12345678',
};

function synthesize(context: object): Template {
  return templatesOf({ context: { ...context }, map: MAP_WITH_TABLES }).get(name)!;
}

describe('managed snapshots of a warehouse that is there', () => {
  it.each([
    ['a workgroup', MANAGED_WORKGROUP],
    ['a cluster', MANAGED_CLUSTER],
  ])('of %s are backed up and purged', (_, context) => {
    const found = synthesize(context);
    found.resourceCountIs('AWS::RedshiftServerless::Namespace', 0);
    found.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    found.resourceCountIs('AWS::Scheduler::Schedule', 2);
    found.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ BACKUP_OF: 'analytics' }) },
    });
  });

  it('of a cluster may be touched, and of clusters what is restored alone, by its name', () => {
    const found = synthesize(MANAGED_CLUSTER);
    const on = (id: string): string[] =>
      statementsOf(found, id)
        .flatMap(({ Action, Resource }) =>
          [Action].flat().flatMap((action) =>
            [Resource].flat().map((resource) => {
              const text = JSON.stringify(resource).replace(/^.*:(\w+:[^"]+)"\]\]}$/, '$1');
              return `${action} ${text}`;
            }),
          ),
        )
        .filter((each) => /^redshift:(?!Describe|Get)/.test(each))
        .sort();
    expect(on('ForgottenRows')).toEqual([
      'redshift:CreateClusterSnapshot snapshot:analytics/lethe-before-*',
      'redshift:CreateTags snapshot:analytics/lethe-before-*',
    ]);
    expect(on('SnapshotPurgeStep')).toEqual([
      'redshift:CreateClusterSnapshot snapshot:lethe-purge-*/*',
      'redshift:CreateTags snapshot:lethe-purge-*/*',
      'redshift:DeleteCluster cluster:lethe-purge-*',
      'redshift:DeleteClusterSnapshot snapshot:analytics/*',
      'redshift:RestoreFromClusterSnapshot cluster:lethe-purge-*',
      'redshift:RestoreFromClusterSnapshot snapshot:analytics/*',
    ]);
    expect(on('WarehouseService')).toEqual([]);
    expect(on('LedgerReplay')).toEqual([]);
  });

  it('have each wildcard answered for by name, with a reason', () => {
    const app = composeApp({ context: { ...MANAGED_CLUSTER }, map: MAP_WITH_TABLES });
    const answered = acknowledgements(app).filter(({ path }) => path.startsWith(name));
    expect(answered.length).toBeGreaterThan(4);
    for (const { path, id, reason } of answered) {
      expect(reason.length, `${id} at ${path}`).toBeGreaterThan(60);
      expect(id, 'a wildcard is answered for by name').not.toBe('AwsSolutions-IAM5');
    }
  });

  it('are granted on all resources only what takes none', () => {
    const everywhere = ['ForgottenRows', 'SnapshotPurgeStep']
      .flatMap((id) => statementsOf(synthesize(MANAGED_CLUSTER), id))
      .filter(({ Resource }) => [Resource].flat().includes('*'))
      .flatMap(({ Action }) => Action);
    const without =
      /^(xray:(Put|Get)|logs:|redshift-data:(CancelStatement|DescribeStatement|GetStatementResult)$|redshift:Describe|ec2:Describe)/;
    expect(everywhere.length).toBeGreaterThan(4);
    expect(everywhere.filter((action) => !without.test(action))).toEqual([]);
  });

  it.each([
    ['a workgroup', MANAGED_WORKGROUP],
    ['a cluster', MANAGED_CLUSTER],
  ])('leave cdk-nag nothing to say of %s', (_, context) => {
    expect(nagFindings(composeApp({ context: { ...context }, map: MAP_WITH_TABLES }))).toEqual([]);
  });
});
