import type { Clock } from '../../ports/clock.ts';
import type { KeyVault } from '../../ports/key-vault.ts';
import type { MembershipFilters } from '../../ports/membership-filters.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Randomness } from '../../ports/randomness.ts';
import type { RunStore } from '../../ports/run-store.ts';
import type { Signer } from '../../ports/signer.ts';
import type { RowOutput } from './row-output.ts';

/** What the steps of a run work with. */
export interface RunDependencies {
  /** The archive. */
  readonly objects: ObjectStore;
  readonly runs: RunStore;
  /** Sealed undo patches; apart from the archive. */
  readonly quarantine: ObjectStore;
  readonly certificates: ObjectStore;
  readonly keys: KeyVault;
  readonly signer: Signer;
  /** Hides names of objects and criteria in certificates; 32 bytes. */
  readonly hashKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Pick<Randomness, 'bytes'>;
  /** Names the archive among those whose certificates lie together. @default its places alone do */
  readonly archive?: string;
  /** Tells which objects need not be read. @default all are read */
  readonly filters?: MembershipFilters;
  /** Takes the filter of an object away. @default who indexes the archive hears of the rewriting */
  readonly forgetFilter?: (key: string) => Promise<void>;
  /** Where a run that exports writes what is kept. */
  readonly kept?: RowOutput;
  /** Rows that are taken out of current versions are also put there. @default nowhere */
  readonly removed?: RowOutput;
  /** Objects worked on at a time. @default 4 */
  readonly concurrency?: number;
}

/** Name of the key that seals a run's undo patches. */
export function undoKeyName(runId: string): string {
  return `archive-run/${runId}/undo`;
}

/** Everything of a run in the quarantine. */
export function quarantinePrefix(runId: string): string {
  return `runs/${runId}/`;
}
