/** Where chance comes from. */
export interface Randomness {
  /** Cryptographically strong bytes. */
  bytes(count: number): Uint8Array;
  /** At least 0, below 1; for jitter only. */
  fraction(): number;
}
