import { randomBytes } from 'node:crypto';
import type { KeyOutcome, KeyVault } from '../../core/ports/key-vault.ts';

/** Keys in memory. */
export class MemoryKeyVault implements KeyVault {
  readonly #keys = new Map<string, Uint8Array | 'destroyed'>();
  readonly #makeKey: () => Uint8Array;

  /** `makeKey` gives 32 bytes. @default random ones */
  constructor(makeKey: () => Uint8Array = () => randomBytes(32)) {
    this.#makeKey = makeKey;
  }

  create(name: string): Promise<KeyOutcome> {
    if (!this.#keys.has(name)) this.#keys.set(name, this.#makeKey());
    return this.get(name);
  }

  get(name: string): Promise<KeyOutcome> {
    const held = this.#keys.get(name);
    if (held === undefined) return Promise.resolve({ kind: 'missing' });
    return Promise.resolve(
      held === 'destroyed' ? { kind: 'destroyed' } : { kind: 'key', key: Uint8Array.from(held) },
    );
  }

  destroy(name: string): Promise<void> {
    this.#keys.set(name, 'destroyed');
    return Promise.resolve();
  }
}
