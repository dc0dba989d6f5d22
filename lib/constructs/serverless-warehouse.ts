import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnNamespace, CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';
import { grantStatements, type StatementUse } from './grant-statements.ts';
import type { PrivateNetwork } from './private-network.ts';

export interface ServerlessWarehouseProps {
  /** Name of namespace and workgroup: 3 to 64 of `a-z`, `0-9` and `-`. */
  readonly name: string;
  readonly database: string;
  /** Encrypts data, snapshots, and the administrator's secret. */
  readonly key: CustomerKey;
  readonly network: PrivateNetwork;
  /** Redshift processing units, 8 to 1024 by 8: what it costs while it works. */
  readonly baseCapacity: number;
  readonly retain: boolean;
}

/**
 * A Redshift Serverless warehouse that nothing reaches but the Data API: no public address, TLS only,
 * its administrator's password made and rotated by Secrets Manager and never seen.
 */
export class ServerlessWarehouse extends Construct {
  readonly workgroupName: string;
  readonly namespaceName: string;
  /** Network of its own that restored warehouses use as well. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  private readonly workgroup: CfnWorkgroup;

  constructor(scope: Construct, id: string, props: ServerlessWarehouseProps) {
    super(scope, id);
    const { name, database, key, network, baseCapacity, retain } = props;
    const namespace = new CfnNamespace(this, 'Namespace', {
      namespaceName: name,
      dbName: database,
      adminUsername: 'lethe_admin',
      manageAdminPassword: true,
      adminPasswordSecretKmsKeyId: key.keyId,
      kmsKeyId: key.keyId,
      // Who connected, who changed users, and what they ran: the auditor's questions.
      logExports: ['userlog', 'connectionlog', 'useractivitylog'],
      ...(retain && { finalSnapshotName: `${name}-final`, finalSnapshotRetentionPeriod: 29 }),
    });
    namespace.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    const door = new SecurityGroup(this, 'Door', {
      vpc: network,
      description: 'The warehouse: from inside its network alone, and nowhere out of it',
      allowAllOutbound: false,
    });
    door.addIngressRule(door, Port.tcp(5439), 'Members of this group');
    this.workgroup = new CfnWorkgroup(this, 'Workgroup', {
      workgroupName: name,
      namespaceName: namespace.ref,
      baseCapacity,
      publiclyAccessible: false,
      enhancedVpcRouting: true,
      securityGroupIds: [door.securityGroupId],
      subnetIds: network.isolatedSubnets.map(({ subnetId }) => subnetId),
      configParameters: [
        { parameterKey: 'require_ssl', parameterValue: 'true' },
        { parameterKey: 'enable_user_activity_logging', parameterValue: 'true' },
      ],
    });
    this.workgroupName = this.workgroup.ref;
    this.namespaceName = namespace.ref;
    this.subnetIds = network.isolatedSubnets.map(({ subnetId }) => subnetId);
    this.securityGroupId = door.securityGroupId;
    Tags.of(this).add('Warehouse', name);
  }

  /** Lets a function run SQL here; what its database role may do is the database's affair. */
  grantStatements(grantee: IGrantable, uses: readonly StatementUse[]): Grant {
    const arn = this.workgroup.attrWorkgroupWorkgroupArn;
    const credentials = { action: 'redshift-serverless:GetCredentials', arn };
    return grantStatements(grantee, { arn, credentials }, uses);
  }
}
