import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';

/** What says that a workgroup or namespace was restored by the snapshot purge. */
export const PURGE_TAG = 'LethePurge';

/** Statements one by one, for reading; or transactions of many as well. */
export type StatementUse = 'ExecuteStatement' | 'BatchExecuteStatement';

/** Whose temporary credentials, and where SQL may be sent. */
export interface StatementTarget {
  /** Workgroup or cluster to which statements go. */
  readonly arn: string;
  /** The action that gives temporary credentials, and on what. */
  readonly credentials: { readonly action: string; readonly arn: string };
}

/**
 * Lets a function run SQL as the database user of its role, and see and stop its own statements only.
 * Source: Service Authorization Reference, Amazon Redshift Data API: what looks at a statement takes no
 * resource, only the condition on its owner.
 */
export function grantStatements(
  grantee: IGrantable,
  { arn, credentials }: StatementTarget,
  uses: readonly StatementUse[],
): Grant {
  acknowledgeWildcard(
    grantee,
    '*',
    'Looking at and cancelling a statement takes no resource, so the condition on the statement’s owner confines it to what this function sent itself; tracing takes none either.',
  );
  Grant.addToPrincipal({
    grantee,
    actions: [
      'redshift-data:CancelStatement',
      'redshift-data:DescribeStatement',
      'redshift-data:GetStatementResult',
    ],
    resourceArns: ['*'],
    conditions: { StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' } },
  });
  Grant.addToPrincipal({ grantee, actions: [credentials.action], resourceArns: [credentials.arn] });
  return Grant.addToPrincipal({
    grantee,
    actions: uses.map((use) => `redshift-data:${use}`),
    resourceArns: [arn],
  });
}
