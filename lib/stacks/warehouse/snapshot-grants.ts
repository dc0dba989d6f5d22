import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeWildcard } from '../../constructs/acknowledge-wildcard.ts';
import { PURGE_TAG } from '../../constructs/grant-statements.ts';
import { grantKeyOfRestored, NETWORK } from './restore-grants.ts';

type Kind = 'namespace' | 'snapshot' | 'workgroup';

const IDS = 'Ids are given by the service when the thing is made, so no name can stand here';

/**
 * Take a snapshot and look how it is.
 * Source of all of these: Service Authorization Reference, Amazon Redshift Serverless.
 */
export function grantBackup(fn: IFunction): void {
  const reason = `${IDS}; taking a snapshot and tagging it takes nothing away from anybody.`;
  allow(fn, ['CreateSnapshot', 'TagResource'], ['namespace', 'snapshot'], reason);
  allow(fn, ['GetSnapshot'], ['snapshot'], reason);
}

/**
 * Restore snapshots into warehouses of their own, take fresh ones and delete the old. What is restored
 * carries a tag from the moment it is made; only what carries it can be changed or deleted, or asked.
 */
export function grantPurge(fn: IFunction, keyArn: string): void {
  grantBackup(fn);
  allow(
    fn,
    ['DeleteSnapshot', 'ListTagsForResource', 'RestoreFromSnapshot'],
    ['snapshot'],
    `${IDS}; purging any snapshot of the warehouse is what this function is for.`,
  );
  const made = `${IDS}; the tag ${PURGE_TAG} confines it to what the purge itself has made.`;
  const [asked, has] = [`aws:RequestTag/${PURGE_TAG}`, `aws:ResourceTag/${PURGE_TAG}`];
  allow(fn, ['CreateNamespace'], ['namespace'], made, asked);
  allow(fn, ['CreateWorkgroup', 'TagResource'], ['namespace', 'workgroup'], made, asked);
  allow(fn, ['RestoreFromSnapshot'], ['namespace', 'workgroup'], made, has);
  allow(fn, ['DeleteNamespace', 'GetNamespace', 'ListTagsForResource'], ['namespace'], made, has);
  allow(fn, ['DeleteWorkgroup', 'GetCredentials', 'GetWorkgroup'], ['workgroup'], made, has);
  Grant.addToPrincipal({
    grantee: fn,
    actions: ['redshift-data:BatchExecuteStatement', 'redshift-data:ExecuteStatement'],
    resourceArns: [arnOf(fn, 'workgroup')],
    conditions: { StringLike: { [`aws:ResourceTag/${PURGE_TAG}`]: '*' } },
  });
  // Neither takes a resource.
  Grant.addToPrincipal({
    grantee: fn,
    actions: ['redshift-serverless:ListSnapshots', ...NETWORK],
    resourceArns: ['*'],
  });
  grantKeyOfRestored(fn, keyArn);
}

function allow(
  grantee: IFunction,
  actions: readonly string[],
  kinds: readonly Kind[],
  reason: string,
  tag?: string,
): void {
  for (const kind of kinds) {
    acknowledgeWildcard(grantee, nagName(kind), reason);
  }
  Grant.addToPrincipal({
    grantee,
    actions: actions.map((action) => `redshift-serverless:${action}`),
    resourceArns: kinds.map((kind) => arnOf(grantee, kind)),
    ...(tag !== undefined && { conditions: { StringLike: { [tag]: '*' } } }),
  });
}

function arnOf(scope: IFunction & IGrantable, kind: Kind): string {
  return Stack.of(scope).formatArn({
    service: 'redshift-serverless',
    resource: kind,
    resourceName: '*',
  });
}

function nagName(kind: Kind): string {
  return `arn:<AWS::Partition>:redshift-serverless:<AWS::Region>:<AWS::AccountId>:${kind}/*`;
}
