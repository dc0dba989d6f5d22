import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeWildcard } from '../../constructs/acknowledge-wildcard.ts';
import { BACKUP_PREFIX, RESTORED_PREFIX } from '../../core/warehouse/snapshots/snapshot-names.ts';
import { grantKeyOfRestored, NETWORK } from './restore-grants.ts';

/** The cluster that is there, by its identifier. */
interface GrantedCluster {
  readonly name: string;
  readonly database: string;
  /** Customer managed key of the cluster. @default AWS's own */
  readonly keyArn: string | undefined;
}

const RESTORED = `${RESTORED_PREFIX}*`;

/**
 * Take restricted backups of the cluster and look how they are.
 * Source of all of these: Service Authorization Reference, Amazon Redshift. Looking takes no resource.
 */
export function grantClusterBackup(fn: IFunction, { name }: GrantedCluster): void {
  allow(
    fn,
    ['CreateClusterSnapshot', 'CreateTags'],
    ['snapshot', `${name}/${BACKUP_PREFIX}*`],
    'A backup is named after its run, so the name ends in a date; it takes nothing away from anybody.',
  );
  onAll(fn, ['redshift:DescribeClusterSnapshots']);
}

/**
 * Restore the cluster's snapshots into clusters of their own, take fresh ones and delete the old.
 * RestoreFromClusterSnapshot takes no tags, so the name confines: what may be asked, snapshotted and
 * deleted begins with the purge's own prefix, which the cluster itself must not have.
 */
export function grantClusterPurge(fn: IFunction, cluster: GrantedCluster): void {
  const { name, database } = cluster;
  const ids =
    'Ids are chosen by whoever takes a snapshot; the name before the slash confines it to';
  const made = `The prefix ${RESTORED_PREFIX} confines it to clusters that the purge has restored itself.`;
  allow(
    fn,
    ['DeleteClusterSnapshot', 'RestoreFromClusterSnapshot'],
    ['snapshot', `${name}/*`],
    `${ids} the one cluster whose snapshots are purged.`,
  );
  allow(
    fn,
    ['CreateClusterSnapshot', 'CreateTags'],
    ['snapshot', `${RESTORED}/*`],
    `${ids} clusters that the purge has restored itself.`,
  );
  allow(fn, ['DeleteCluster', 'RestoreFromClusterSnapshot'], ['cluster', RESTORED], made);
  allow(fn, ['GetClusterCredentialsWithIAM'], ['dbname', `${RESTORED}/${database}`], made);
  Grant.addToPrincipal({
    grantee: fn,
    actions: ['redshift-data:BatchExecuteStatement', 'redshift-data:ExecuteStatement'],
    resourceArns: [arnOf(fn, 'cluster', RESTORED)],
  });
  onAll(fn, ['redshift:DescribeClusters', 'redshift:DescribeClusterSnapshots', ...NETWORK]);
  if (cluster.keyArn !== undefined) grantKeyOfRestored(fn, cluster.keyArn);
}

/** Actions that take no resource. */
function onAll(grantee: IFunction, actions: readonly string[]): void {
  Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: ['*'] });
}

function allow(
  grantee: IFunction,
  actions: readonly string[],
  [kind, name]: readonly [kind: 'cluster' | 'dbname' | 'snapshot', name: string],
  reason: string,
): void {
  const nagName = `arn:<AWS::Partition>:redshift:<AWS::Region>:<AWS::AccountId>:${kind}:${name}`;
  acknowledgeWildcard(grantee, nagName, reason);
  Grant.addToPrincipal({
    grantee,
    actions: actions.map((action) => `redshift:${action}`),
    resourceArns: [arnOf(grantee, kind, name)],
  });
}

function arnOf(fn: IFunction, resource: string, resourceName: string): string {
  return Stack.of(fn).formatArn({
    ...{ service: 'redshift', resource, resourceName },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
