import type { WarehouseSnapshots } from '../../lib/core/ports/warehouse-snapshots.ts';
import type { ResourceTags } from '../../lib/core/catalogue/resource-tags.ts';
import { restrictedBackup } from '../../lib/core/warehouse/snapshots/purge-snapshot.ts';
import type { Sleep } from '../runtime/sleep.ts';

/** The backup did not come about, so nothing was deleted; Lambda calls again. */
class BackupError extends Error {
  override readonly name = 'BackupError';
}

export interface BackupContext {
  readonly snapshots: Pick<WarehouseSnapshots, 'take' | 'taken'>;
  /** Whose rows are backed up: a namespace, or a cluster. */
  readonly of: string;
  /** What the data map says of it. */
  readonly tags: ResourceTags;
  readonly sleep: Sleep;
}

const PAUSE = 15_000;

/**
 * Takes the restricted backup of a pass and waits until it is whole. The same run's is the same one,
 * so a pass that was cut off waits on for what it began.
 * @param mayGoOn whether there is time to look again
 * @throws {BackupError}
 */
export async function takeBackup(
  { snapshots, of, tags, sleep }: BackupContext,
  runId: string,
  mayGoOn: () => boolean,
): Promise<void> {
  const backup = restrictedBackup(runId, tags);
  await snapshots.take(of, backup);
  for (;;) {
    const progress = await snapshots.taken(backup.id);
    if (progress === 'done') return;
    if (progress !== 'under-way')
      throw new BackupError(`The backup before the pass is ${progress}`);
    if (!mayGoOn())
      throw new BackupError('The backup before the pass takes long; it is waited for');
    await sleep(PAUSE);
  }
}
