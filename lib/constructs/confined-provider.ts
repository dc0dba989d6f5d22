import { CfnResource, type Stack } from 'aws-cdk-lib';
import { OperationsLog } from './operations-log.ts';

const AUTO_DELETE = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';
const TRIGGER = 'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider';

/**
 * Confines CDK's bucket emptying function; see {@link confine}.
 * To be called after a bucket with `autoDeleteObjects` was made; more than once is as once.
 */
export function confineAutoDelete(stack: Stack): void {
  confine(stack, AUTO_DELETE, 'AutoDeleteLog', 0);
}

/** Confines what calls functions at a deployment; to be called after a `Trigger` was made. */
export function confineTrigger(stack: Stack): void {
  // After the policy by which it may call the functions.
  confine(stack, TRIGGER, 'TriggerLog', 1);
}

/**
 * Keeps a function that CDK brings to what it needs and has the stack own its log group: by default
 * it may write any log of the account, and its own outlives `cdk destroy`.
 */
function confine(stack: Stack, name: string, logId: string, policiesBefore: number): void {
  const provider = stack.node.tryFindChild(name);
  const handler = provider?.node.tryFindChild('Handler');
  const role = provider?.node.tryFindChild('Role');
  if (!CfnResource.isCfnResource(handler) || !CfnResource.isCfnResource(role)) {
    throw new Error(`${name} is not as expected: look again after an update of aws-cdk-lib`);
  }
  if (stack.node.tryFindChild(logId) !== undefined) return;

  const logGroup = new OperationsLog(stack, logId, { retentionDays: 7, retain: false });
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  const policy = {
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
  };
  if (policiesBefore === 0) role.addPropertyOverride('Policies', [policy]);
  else role.addPropertyOverride(`Policies.${policiesBefore}`, policy);
}
