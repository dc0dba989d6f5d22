import { Aws, Fn } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { OperationsLog } from './operations-log.ts';

export interface PrivateNetworkProps {
  readonly logRetentionDays: number;
  readonly retain: boolean;
  /** @default 10.83.0.0/16 */
  readonly cidr?: string;
}

/** A network without a way out or in: no gateway, no address translation; S3 by its own endpoint. */
export class PrivateNetwork extends Vpc {
  constructor(
    scope: Construct,
    id: string,
    { logRetentionDays, retain, cidr = '10.83.0.0/16' }: PrivateNetworkProps,
  ) {
    super(scope, id, {
      ipAddresses: IpAddresses.cidr(cidr),
      // Redshift Serverless wants subnets in three zones.
      // Source: Redshift management guide, "Considerations when using Amazon Redshift Serverless".
      availabilityZones: [0, 1, 2].map((nth) => Fn.select(nth, Fn.getAzs())),
      natGateways: 0,
      createInternetGateway: false,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    this.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    const log = new OperationsLog(scope, `${id}FlowLog`, {
      retentionDays: logRetentionDays,
      retain,
    });
    const role = new Role(scope, `${id}FlowLogRole`, {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.addFlowLog('Traffic', {
      destination: FlowLogDestination.toCloudWatchLogs(log, role),
      trafficType: FlowLogTrafficType.ALL,
    });
  }
}
