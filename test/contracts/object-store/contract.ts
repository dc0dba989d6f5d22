import { afterEach, beforeEach, describe } from 'vitest';
import type { ObjectStore } from '../../../lib/core/ports/object-store.ts';
import { conditionsContract } from './conditions.ts';
import { contentsContract } from './contents.ts';
import { listingsContract } from './listings.ts';
import { openStore } from './opened-store.ts';
import { versionsContract } from './versions.ts';

/** A store of an adapter, empty, with versions on. */
export interface ObjectStoreUnderTest {
  store: ObjectStore;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of ObjectStore passes. */
export function objectStoreContract(
  adapter: string,
  make: () => Promise<ObjectStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of ObjectStore`, () => {
    let under: ObjectStoreUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const opened = openStore(() => under.store);
    contentsContract(opened);
    conditionsContract(opened);
    versionsContract(opened);
    listingsContract(opened);
  });
}
