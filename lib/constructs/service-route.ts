import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ServiceRoute } from '../../lambdas/runtime/service-routes.ts';

/**
 * Lets a role call a service of one's own, as far as its route tells. Behind SigV4, who may call is
 * the service's to say too (its resource policy); a token's secret may need its key's leave besides.
 */
export function grantRoute(grantee: IGrantable, route: ServiceRoute): Grant {
  switch (route.kind) {
    case 'lambda':
      return allow(grantee, 'lambda:InvokeFunction', route.functionArn);
    case 'token':
      return allow(grantee, 'secretsmanager:GetSecretValue', route.secretArn);
    case 'sigv4':
      return Grant.drop(grantee, 'the URL tells no ARN: allow the role by the resource policy');
  }
}

function allow(grantee: IGrantable, action: string, arn: string): Grant {
  return Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [arn] });
}
