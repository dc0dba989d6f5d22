import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import {
  acknowledgements,
  composeApp,
  EVERYTHING,
  nagFindings,
  PRODUCTION,
  templatesOf,
} from './synthesize.ts';

/** What cdk-nag would say if nobody had answered for anything. */
function findingsUnanswered(app: App): string[] {
  const key = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;
  const validations = Validations as unknown as { ACKNOWLEDGED_RULES_METADATA_KEY: string };
  validations.ACKNOWLEDGED_RULES_METADATA_KEY = 'none';
  try {
    return nagFindings(app);
  } finally {
    validations.ACKNOWLEDGED_RULES_METADATA_KEY = key;
  }
}

describe('cdk-nag', () => {
  it('finds what is wrong', () => {
    const app = new App({ builtinCloudFormationValidation: false });
    new Bucket(new Stack(app, 'Careless'), 'Bucket');
    expect(nagFindings(app)).toContain('AwsSolutions-S10 at Careless/Bucket/Resource');
  });

  it.each([
    ['the demo', {}],
    ['production with every option', { ...PRODUCTION, ...EVERYTHING }],
    [
      'production with a topic of its own',
      {
        ...PRODUCTION,
        'lethe:alarm-topic-arn': 'arn:aws:sns:eu-west-1:123456789012:alarms',
      },
    ],
  ])('finds nothing in %s', (_, context) => {
    expect(nagFindings(composeApp({ context }))).toEqual([]);
  });

  it('is answered in few cases, each with a reason of its own and none for nothing', () => {
    const app = composeApp({});
    const answered = acknowledgements(app);
    const found = findingsUnanswered(app);
    for (const { path, id, reason } of answered) {
      expect(reason.length, `${id} at ${path}`).toBeGreaterThan(60);
      expect(
        found.some((finding) => `${finding}/`.startsWith(`${id} at ${path}/`)),
        `${id} at ${path} answers a finding`,
      ).toBe(true);
      expect(id, 'a wildcard is answered for by name').not.toBe('AwsSolutions-IAM5');
    }
    expect([...new Set(answered.map(({ id }) => id.replace(/\[.*/, '')))].sort()).toEqual([
      'AwsSolutions-APIG2',
      'AwsSolutions-APIG3',
      'AwsSolutions-APIG4',
      'AwsSolutions-APIG6',
      'AwsSolutions-COG4',
      'AwsSolutions-DDB3',
      'AwsSolutions-IAM4',
      'AwsSolutions-IAM5',
      'AwsSolutions-KDF1',
      'AwsSolutions-KDS3',
      'AwsSolutions-SMG4',
      'AwsSolutions-SQS3',
    ]);
  });

  it('is told the truth: only tracing and log deliveries are granted on all resources', () => {
    let everything = 0;
    for (const template of templatesOf().values()) {
      // What does not fit into a role's own 10 KB, CDK puts into a policy beside it.
      const policies = {
        ...template.findResources('AWS::IAM::Policy'),
        ...template.findResources('AWS::IAM::ManagedPolicy'),
      } as Record<
        string,
        {
          Properties: {
            PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] };
          };
        }
      >;
      const everywhere = Object.values(policies)
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
        .filter(({ Resource }) => [Resource].flat().includes('*'))
        .flatMap(({ Action }) => Action);
      everything += everywhere.length;
      // Actions that take no resource; those of logs are how Step Functions sets its logging up.
      const without =
        /^(xray:(Put|Get)|logs:(\w+LogDeliver(y|ies)|(Put|Describe)ResourcePolic(y|ies)|DescribeLogGroups)$)/;
      expect(everywhere.filter((action) => !without.test(action))).toEqual([]);
    }
    expect(everything).toBeGreaterThan(0);
  });
});
