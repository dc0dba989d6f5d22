import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grantStatements, type StatementUse } from './grant-statements.ts';

export interface ExistingWarehouseProps {
  readonly place:
    | { readonly kind: 'workgroup'; readonly name: string; readonly arn: string }
    | { readonly kind: 'cluster'; readonly name: string };
  readonly database: string;
}

/** A warehouse that is there already, which this stack uses and does not change. */
export class ExistingWarehouse extends Construct {
  private readonly props: ExistingWarehouseProps;

  constructor(scope: Construct, id: string, props: ExistingWarehouseProps) {
    super(scope, id);
    this.props = props;
  }

  /** Lets a function run SQL there under temporary credentials. */
  grantStatements(grantee: IGrantable, uses: readonly StatementUse[]): Grant {
    const { place, database } = this.props;
    if (place.kind === 'workgroup') {
      const { arn } = place;
      const credentials = { action: 'redshift-serverless:GetCredentials', arn };
      return grantStatements(grantee, { arn, credentials }, uses);
    }
    const format = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        ...{ service: 'redshift', resource, resourceName },
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    // Source: Service Authorization Reference, Amazon Redshift, resource types.
    const credentials = {
      action: 'redshift:GetClusterCredentialsWithIAM',
      arn: format('dbname', `${place.name}/${database}`),
    };
    return grantStatements(grantee, { arn: format('cluster', place.name), credentials }, uses);
  }
}
