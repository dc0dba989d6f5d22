import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CustomerKey } from './customer-key.ts';

/** What a function may do to the keys that this key wraps. */
export type WrapOperation = 'Decrypt' | 'Encrypt' | 'GenerateDataKey';

/** A key that wraps other keys; functions call it themselves, and it never leaves KMS. */
export class WrappingKey extends CustomerKey {
  /** Lets a function wrap and unwrap, only under an encryption context with this name. */
  grantWrap(grantee: IGrantable, operations: readonly WrapOperation[], contextName: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: operations.map((operation) => `kms:${operation}`),
      resourceArns: [this.keyArn],
      conditions: { StringLike: { [`kms:EncryptionContext:${contextName}`]: '*' } },
    });
  }
}
