import type { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CertificateSecret } from '../../constructs/certificate-secret.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { SecretKey } from '../../constructs/secret-key.ts';
import { SigningKey } from '../../constructs/signing-key.ts';
import { WrappingKey } from '../../constructs/wrapping-key.ts';

export interface RequestKeysProps {
  /** Encrypts the secrets. */
  readonly key: CustomerKey;
  readonly retain: boolean;
  readonly rotationPeriod: Duration;
  /** @default a secret is made */
  readonly certificateSecretArn: string | undefined;
}

/** Keys and secrets of the requests. */
export class RequestKeys extends Construct {
  /** Wraps the requests' own keys, so that one of them can be destroyed for good. */
  readonly wrapping: WrappingKey;
  /** Signs receipts, answers and callbacks. */
  readonly signing: SigningKey;
  /** The signing key's certificate. */
  readonly certificate: CertificateSecret;
  /** Hashes by which administrators find a subject's requests. */
  readonly subjectHash: SecretKey;
  /** Makes the links in mails. */
  readonly link: SecretKey;

  constructor(scope: Construct, id: string, props: RequestKeysProps) {
    super(scope, id);
    const { key, retain, rotationPeriod } = props;
    this.wrapping = new WrappingKey(this, 'Wrapping', {
      description: 'Wraps the keys of requests and packages',
      retain,
      rotationPeriod,
    });
    this.signing = new SigningKey(this, 'Signing', {
      description: 'Signs receipts and OpenDSR answers',
      retain,
    });
    this.certificate = new CertificateSecret(this, 'Certificate', {
      key,
      retain,
      existingArn: props.certificateSecretArn,
    });
    this.subjectHash = new SecretKey(this, 'SubjectHash', {
      description: 'Hashes the identifiers by which requests are searched',
      key,
      retain,
    });
    this.link = new SecretKey(this, 'Link', {
      description: 'Makes the links in mails to data subjects',
      key,
      retain,
    });
  }
}
