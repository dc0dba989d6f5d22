import { CfnResource, type Stack } from 'aws-cdk-lib';
import { OperationsLog } from './operations-log.ts';

const PROVIDER = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Keeps CDK's bucket emptying function to what it needs and has the stack own its log group: by
 * default it may write any log of the account, and its own outlives `cdk destroy`.
 * To be called after a bucket with `autoDeleteObjects` was made; more than once is as once.
 */
export function confineAutoDelete(stack: Stack): void {
  const provider = stack.node.tryFindChild(PROVIDER);
  const handler = provider?.node.tryFindChild('Handler');
  const role = provider?.node.tryFindChild('Role');
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role)) {
    throw new Error(`${PROVIDER} is not as expected: look again after an update of aws-cdk-lib`);
  }
  if (stack.node.tryFindChild('AutoDeleteLog') !== undefined) return;

  const logGroup = new OperationsLog(stack, 'AutoDeleteLog', { retentionDays: 7, retain: false });
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  role.addPropertyOverride('Policies', [
    {
      PolicyName: 'Log',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: logGroup.logGroupArn,
          },
        ],
      },
    },
  ]);
}
