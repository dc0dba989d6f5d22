import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * What making a workgroup, or a cluster, in a network looks at.
 * Source: Service Authorization Reference, CreateWorkgroup, dependent actions.
 */
export const NETWORK = [
  'ec2:DescribeAccountAttributes',
  'ec2:DescribeAddresses',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeInternetGateways',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcAttribute',
  'ec2:DescribeVpcs',
];

/** What is restored under a customer's key: the service is given a grant, by nobody but AWS itself. */
export function grantKeyOfRestored(grantee: IFunction, keyArn: string): void {
  Grant.addToPrincipal({ grantee, actions: ['kms:DescribeKey'], resourceArns: [keyArn] });
  Grant.addToPrincipal({
    grantee,
    actions: ['kms:CreateGrant'],
    resourceArns: [keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
}
