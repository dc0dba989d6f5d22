import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface SecretKeyProps extends SecretProps {
  /** Encrypts the secret. */
  readonly key: CustomerKey;
  /** Whether it must outlive the stack. */
  readonly retain: boolean;
}

/**
 * A random key for HMAC that no person ever sees: 64 letters and digits, which read as base64 are 48
 * bytes.
 */
export class SecretKey extends Secret {
  private readonly key: CustomerKey;

  constructor(scope: Construct, id: string, { key, retain, ...props }: SecretKeyProps) {
    super(scope, id, {
      encryptionKey: key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...props,
    });
    this.key = key;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A new key would hash everybody anew: people on the suppression list would be found no more, and joins over hashed fields would break. It is rotated by hand, with all that was hashed.',
    });
  }

  /** Lets a function read the key. */
  grantKey(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'secretsmanager',
      actions: ['kms:Decrypt'],
      context: { SecretARN: [this.secretArn] },
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }
}
