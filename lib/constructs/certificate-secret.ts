import { RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface CertificateSecretProps {
  /** Encrypts a secret that is made here. */
  readonly key: CustomerKey;
  readonly retain: boolean;
  /** A secret that is there, under the key of Secrets Manager. @default one is made, to be filled */
  readonly existingArn: string | undefined;
}

/**
 * Where the certificate of the signing key is kept, PEM with its chain. An authority makes it after
 * the deployment, from the key's public half, so it can be no part of a template.
 */
export class CertificateSecret extends Construct {
  readonly arn: string;
  private readonly key: CustomerKey | undefined;

  constructor(scope: Construct, id: string, { key, retain, existingArn }: CertificateSecretProps) {
    super(scope, id);
    if (existingArn !== undefined) {
      this.arn = existingArn;
      return;
    }
    const secret = new Secret(this, 'Secret', {
      description: 'Put the certificate of the signing key here, PEM with its chain',
      encryptionKey: key,
      secretStringValue: SecretValue.unsafePlainText('no certificate yet'),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A certificate is public and changes when its authority issues the next one, which nobody can do on a schedule of ours.',
    });
    this.key = key;
    this.arn = secret.secretArn;
  }

  /** Lets a function read the certificate. */
  grantRead(grantee: IGrantable): Grant {
    this.key?.grantThrough(grantee, {
      service: 'secretsmanager',
      actions: ['kms:Decrypt'],
      context: { SecretARN: [this.arn] },
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.arn],
    });
  }

  /** Lets a function put the first certificate into it. */
  grantWrite(grantee: IGrantable): Grant {
    this.key?.grantThrough(grantee, {
      service: 'secretsmanager',
      actions: ['kms:GenerateDataKey'],
      context: { SecretARN: [this.arn] },
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:PutSecretValue'],
      resourceArns: [this.arn],
    });
  }
}
