import { CfnOutput } from 'aws-cdk-lib';
import {
  EndpointAccessMode,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';

/** A name of one's own for an API. */
export interface CustomDomain {
  readonly name: string;
  /** Of the same region, for that name. */
  readonly certificateArn: string;
}

/** Serves an API under a name of one's own, whole, over TLS 1.2 or later. */
export function servedUnder(api: RestApi, { name, certificateArn }: CustomDomain): void {
  const domain = api.addDomainName('Domain', {
    domainName: name,
    certificate: Certificate.fromCertificateArn(api, 'Certificate', certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
    endpointAccessMode: EndpointAccessMode.STRICT,
  });
  new CfnOutput(api, 'DomainTarget', {
    description: `CNAME (or alias) to set in the DNS for ${name}`,
    value: domain.domainNameAliasDomainName,
  });
}
