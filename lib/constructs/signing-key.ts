import { RemovalPolicy } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage, type KeyProps } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { keyPendingWindow } from './customer-key.ts';

export interface SigningKeyProps extends KeyProps {
  /** Whether its signatures must outlive the stack; whoever verifies needs the certificate alone. */
  readonly retain: boolean;
}

/**
 * An RSA key that signs and never leaves KMS. 4096 bits, as OpenDSR's own example has them: its
 * signatures are 512 bytes. KMS rotates no asymmetric keys; a new one needs a new certificate.
 */
export class SigningKey extends Key {
  constructor(scope: Construct, id: string, { retain, ...props }: SigningKeyProps) {
    super(scope, id, {
      keySpec: KeySpec.RSA_4096,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      pendingWindow: keyPendingWindow(retain),
      ...props,
    });
  }

  /** Lets a function sign with PKCS #1 v1.5 over SHA-256, and read the public half. */
  override grantSign(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['kms:Sign'],
      resourceArns: [this.keyArn],
      conditions: { StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256' } },
    }).combine(this.grantPublicKey(grantee));
  }

  /** Lets a function read the public half. */
  grantPublicKey(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['kms:GetPublicKey'],
      resourceArns: [this.keyArn],
    });
  }
}
