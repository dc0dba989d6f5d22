import { createHash } from 'node:crypto';

/** What every warehouse's name begins with that the purge restores; roles are confined by it. */
export const RESTORED_PREFIX = 'lethe-purge-';
/** What every restricted backup's name begins with. */
export const BACKUP_PREFIX = 'lethe-before-';

/**
 * Names that both services take for clusters, namespaces and workgroups: no two hyphens together, none
 * at the end, 63 signs at most. Source: Redshift and Redshift Serverless API references.
 */
const PLAIN = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const LONGEST = 63;
/** Source: CreateClusterSnapshot, CreateSnapshot. */
const LONGEST_SNAPSHOT = 255;
const FRESH_SUFFIX = '-purged';

/** Into what a snapshot is restored. */
export function restoredName(snapshotId: string): string {
  const name = RESTORED_PREFIX + snapshotId;
  if (PLAIN.test(name) && name.length <= LONGEST) return name;
  return RESTORED_PREFIX + digestOf(snapshotId);
}

/** The snapshot that takes the place of a purged one. Backup services give ids that nobody else may. */
export function freshName(snapshotId: string): string {
  const name = snapshotId + FRESH_SUFFIX;
  if (PLAIN.test(name) && /^[a-z]/.test(name) && name.length <= LONGEST_SNAPSHOT) return name;
  return `lethe-${digestOf(snapshotId)}${FRESH_SUFFIX}`;
}

/** The backup of a run; the same for the same run. */
export function backupName(runId: string): string {
  const run = runId.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return (BACKUP_PREFIX + run).slice(0, LONGEST).replace(/-$/, '');
}

function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}
