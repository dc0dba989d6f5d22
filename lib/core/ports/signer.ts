/** Signs receipts, certificates and OpenDSR answers with one key. */
export interface Signer {
  readonly alg: 'Ed25519' | 'RSA-SHA256';
  /** Names the public key for whoever verifies. */
  readonly keyId: string;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
