import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { createHash, createPublicKey } from 'node:crypto';
import type { Signer } from '../../core/ports/signer.ts';

/** Longest message that Sign takes as it is; longer ones go as digest. Source: KMS API reference. */
const RAW_LIMIT = 4_096;
const ALGORITHM = 'RSASSA_PKCS1_V1_5_SHA_256';

/** The key can't sign as receipts and OpenDSR want it. */
class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
}

/**
 * The port Signer on a KMS key (RSA, SIGN_VERIFY), whose private half never leaves KMS. The public
 * half is fetched once, here.
 * @param kmsKeyId Its ARN; an alias would let the public key and the signing one part.
 * @throws {SigningKeyError} for a key of another kind.
 */
export async function openKmsSigner(
  client: KMSClient,
  kmsKeyId: string,
): Promise<Signer & { readonly publicKeyPem: string }> {
  const { PublicKey, SigningAlgorithms = [] } = await client.send(
    new GetPublicKeyCommand({ KeyId: kmsKeyId }),
  );
  if (PublicKey === undefined || !SigningAlgorithms.includes(ALGORITHM)) {
    throw new SigningKeyError(`The KMS key must be an RSA key for signing with ${ALGORITHM}`);
  }
  const der = Buffer.from(PublicKey);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return {
    alg: 'RSA-SHA256',
    keyId: createHash('sha256').update(der).digest('hex').slice(0, 32),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: async (bytes) => {
      const isShort = bytes.byteLength <= RAW_LIMIT && bytes.byteLength > 0;
      const { Signature } = await client.send(
        new SignCommand({
          KeyId: kmsKeyId,
          SigningAlgorithm: ALGORITHM,
          MessageType: isShort ? 'RAW' : 'DIGEST',
          Message: isShort ? bytes : createHash('sha256').update(bytes).digest(),
        }),
      );
      if (Signature === undefined) throw new SigningKeyError('KMS answered without a signature');
      return Signature;
    },
  };
}
