export type KeyOutcome =
  /** 32 bytes. */
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'missing' }
  /** Gone for good: what it sealed can never be read again. */
  | { readonly kind: 'destroyed' };

/** Keys of requests and runs, one per name, each destroyed when its work is over. */
export interface KeyVault {
  /** The key of this name, made if there is none yet; the same to every caller. */
  create(name: string): Promise<KeyOutcome>;
  get(name: string): Promise<KeyOutcome>;
  /** Twice is once. A destroyed name never gets a key again. */
  destroy(name: string): Promise<void>;
}
