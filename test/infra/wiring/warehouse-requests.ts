import type { AwsCall } from './aws-stand-in.ts';
import { ACCOUNT, REGION, type DeployedStacks } from './intrinsics.ts';
import type { AccessRequest } from './policy-evaluator.ts';

/** What the purge puts on everything that it makes. */
const TAG = 'LethePurge';

/**
 * What IAM would be asked by the Redshift Data API and by Redshift Serverless. A warehouse that no
 * template has is a restored one, with its tag. Source: Service Authorization Reference, Amazon Redshift
 * Data API and Amazon Redshift Serverless.
 */
export function warehouseRequests(
  deployed: DeployedStacks,
  { service, operation, input }: AwsCall,
): AccessRequest[] {
  const action = `${service}:${operation}`;
  if (service === 'redshift-serverless') return serverless(deployed, action, input);
  if (!operation.endsWith('ExecuteStatement')) {
    // IAM puts the caller's own id in place of the variable, and a caller's statements are its own.
    const context = { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' };
    return [{ action, resource: '*', context }];
  }
  const name = String(input['WorkgroupName']);
  const [resource, context] = [arnOf('workgroup', name), contextOf(deployed, 'Workgroup', name)];
  return [
    { action, resource, context },
    { action: 'redshift-serverless:GetCredentials', resource, context },
  ];
}

function serverless(
  deployed: DeployedStacks,
  action: string,
  input: AwsCall['input'],
): AccessRequest[] {
  if (action.endsWith(':ListSnapshots')) return [{ action, resource: '*', context: {} }];
  const { namespaceName, workgroupName, snapshotName, resourceArn, tags } = input;
  const tagged = (tags ?? []) as { key: string; value: string }[];
  const asked = Object.fromEntries(
    tagged.map(({ key, value }) => [`aws:RequestTag/${key}`, value]),
  );
  const resources: AccessRequest[] = [];
  const add = (resource: string, context: AccessRequest['context']): void => {
    resources.push({ action, resource, context: { ...context, ...asked } });
    if (tagged.length > 0 && !action.endsWith(':TagResource')) {
      resources.push({ action: 'redshift-serverless:TagResource', resource, context: asked });
    }
  };
  if (typeof namespaceName === 'string') {
    add(arnOf('namespace', namespaceName), contextOf(deployed, 'Namespace', namespaceName));
  }
  if (typeof workgroupName === 'string') {
    add(arnOf('workgroup', workgroupName), contextOf(deployed, 'Workgroup', workgroupName));
  }
  if (typeof snapshotName === 'string') add(arnOf('snapshot', snapshotName), {});
  if (typeof resourceArn === 'string') {
    add(resourceArn, resourceArn.includes(':snapshot/') ? {} : { [`aws:ResourceTag/${TAG}`]: 'x' });
  }
  return resources;
}

function arnOf(kind: string, name: string): string {
  return `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:${kind}/${name}`;
}

function contextOf(
  deployed: DeployedStacks,
  kind: 'Namespace' | 'Workgroup',
  name: string,
): AccessRequest['context'] {
  const isOurs = deployed
    .resourcesOf(`AWS::RedshiftServerless::${kind}`)
    .some(({ properties }) => properties[`${kind}Name`] === name);
  return isOurs ? {} : { [`aws:ResourceTag/${TAG}`]: 'x' };
}
