import { askedTags } from '../../aws/warehouse/scripted-clusters.ts';
import type { AwsCall } from './aws-stand-in.ts';
import { ACCOUNT, REGION, type DeployedStacks } from './intrinsics.ts';
import type { AccessRequest } from './policy-evaluator.ts';

/** What the purge puts on everything that it makes. */
const TAG = 'LethePurge';

/**
 * What IAM would be asked by the Redshift Data API, by Redshift Serverless and by Redshift. A workgroup
 * that no template has is a restored one, with its tag. Source: Service Authorization Reference, Amazon
 * Redshift Data API, Amazon Redshift Serverless, Amazon Redshift.
 */
export function warehouseRequests(
  deployed: DeployedStacks,
  { service, operation, input }: AwsCall,
): AccessRequest[] {
  const action = `${service}:${operation}`;
  if (service === 'redshift-serverless') return serverless(deployed, action, input);
  if (service === 'redshift') return provisioned(action, input);
  if (!operation.endsWith('ExecuteStatement')) {
    // IAM puts the caller's own id in place of the variable, and a caller's statements are its own.
    const context = { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' };
    return [{ action, resource: '*', context }];
  }
  const cluster = input['ClusterIdentifier'];
  if (typeof cluster === 'string') {
    const database = clusterArn('dbname', `${cluster}/${String(input['Database'])}`);
    return [
      { action, resource: clusterArn('cluster', cluster), context: {} },
      { action: 'redshift:GetClusterCredentialsWithIAM', resource: database, context: {} },
    ];
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

/** Names stand in these ARNs; looking takes no resource. */
function provisioned(action: string, input: AwsCall['input']): AccessRequest[] {
  const { ClusterIdentifier, SnapshotIdentifier, SnapshotClusterIdentifier } = input;
  if (action.includes(':Describe')) return [{ action, resource: '*', context: {} }];
  const context = Object.fromEntries(
    Object.entries(askedTags(input)).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  );
  const requests: AccessRequest[] = [];
  if (typeof SnapshotIdentifier === 'string') {
    const of = String(SnapshotClusterIdentifier ?? ClusterIdentifier);
    const resource = clusterArn('snapshot', `${of}/${SnapshotIdentifier}`);
    requests.push({ action, resource, context });
    // Making something with tags is tagging as well.
    if (Object.keys(context).length > 0) {
      requests.push({ action: 'redshift:CreateTags', resource, context });
    }
  }
  const isOnCluster = action.endsWith(':DeleteCluster') || action.includes(':RestoreFrom');
  if (typeof ClusterIdentifier === 'string' && isOnCluster) {
    requests.push({ action, resource: clusterArn('cluster', ClusterIdentifier), context });
  }
  return requests;
}

function clusterArn(kind: string, name: string): string {
  return `arn:aws:redshift:${REGION}:${ACCOUNT}:${kind}:${name}`;
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
