import type { z } from 'zod';
import { LONGEST_RETENTION } from '../core/warehouse/snapshots/purge-snapshot.ts';
import { RESTORED_PREFIX } from '../core/warehouse/snapshots/snapshot-names.ts';
import type { warehouseSettings } from './warehouse-settings.ts';

export type ReadWarehouse = z.output<z.ZodObject<typeof warehouseSettings>>;

/** Where snapshots of an existing workgroup are restored: nothing there tells it. */
interface RestorePlace {
  readonly namespace: string;
  /** Encrypts what is restored. */
  readonly keyArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly capacity: number;
}

/** Which warehouse it is. */
export type WarehousePlace =
  /** Redshift Serverless, made by the stack. Units of processing: what it costs while it works. */
  | { readonly kind: 'serverless'; readonly name: string; readonly capacity: number }
  /** A workgroup that is there already. Without `managed`, its snapshots are its owner's affair. */
  | {
      readonly kind: 'workgroup';
      readonly name: string;
      readonly arn: string;
      readonly managed?: RestorePlace;
    }
  /** A provisioned cluster that is there already; with its own key, where it has one. */
  | {
      readonly kind: 'cluster';
      readonly name: string;
      readonly managed?: { readonly keyArn: string | undefined };
    };

/** Undefined: no warehouse. */
export function placeOf(read: ReadWarehouse): WarehousePlace | undefined {
  const name = read['lethe:warehouse-name'] ?? '';
  const capacity = read['lethe:warehouse-capacity'] ?? 8;
  const isManaged = read['lethe:warehouse-snapshots'] === 'managed';
  const keyArn = read['lethe:warehouse-key-arn'];
  switch (read['lethe:warehouse']) {
    case undefined:
    case 'none':
      return undefined;
    case 'serverless':
      return { kind: 'serverless', name: name || 'lethe', capacity };
    case 'workgroup': {
      const managed: RestorePlace = {
        ...{ keyArn: keyArn ?? '', namespace: read['lethe:warehouse-namespace'] ?? '', capacity },
        subnetIds: read['lethe:warehouse-subnets'] ?? [],
        securityGroupIds: read['lethe:warehouse-security-groups'] ?? [],
      };
      const arn = read['lethe:warehouse-workgroup-arn'] ?? '';
      return { kind: 'workgroup', name, arn, ...(isManaged && { managed }) };
    }
    case 'cluster':
      return { kind: 'cluster', name, ...(isManaged && { managed: { keyArn } }) };
  }
}

/** Only a workgroup's: a cluster tells its own network. */
const RESTORE_SETTINGS = [
  'lethe:warehouse-namespace',
  'lethe:warehouse-subnets',
  'lethe:warehouse-security-groups',
] as const;

export function placeFaults(read: ReadWarehouse): string[] {
  const kind = read['lethe:warehouse'];
  const isOurs = kind === 'serverless';
  const isManaged = read['lethe:warehouse-snapshots'] === 'managed';
  const faults: string[] = [];
  if (!isOurs && read['lethe:warehouse-name'] === undefined) {
    faults.push(`lethe:warehouse-name must name the ${String(kind)} that is there`);
  }
  if (read['lethe:warehouse-name']?.startsWith(RESTORED_PREFIX) === true) {
    faults.push(
      `lethe:warehouse-name must not begin with ${RESTORED_PREFIX}: so is called what the purge restores and deletes`,
    );
  }
  if ((kind === 'workgroup') !== (read['lethe:warehouse-workgroup-arn'] !== undefined)) {
    faults.push('lethe:warehouse-workgroup-arn goes with lethe:warehouse=workgroup, and only so');
  }
  if (!isOurs && read['lethe:warehouse-capacity'] !== undefined) {
    if (!(kind === 'workgroup' && isManaged)) {
      faults.push(
        'lethe:warehouse-capacity is for lethe:warehouse=serverless, and for what is restored of a workgroup',
      );
    }
  }
  if (isOurs && read['lethe:warehouse-backup-days'] !== undefined) {
    faults.push(
      `lethe:warehouse-backup-days is for a warehouse that is there already: what Lethe makes is backed up for ${LONGEST_RETENTION} days`,
    );
  }
  return [...faults, ...snapshotFaults(read)];
}

function snapshotFaults(read: ReadWarehouse): string[] {
  const kind = read['lethe:warehouse'];
  const isManaged = read['lethe:warehouse-snapshots'] === 'managed';
  if (kind === 'serverless' && read['lethe:warehouse-snapshots'] !== undefined) {
    return [
      'lethe:warehouse-snapshots is for a warehouse that is there already: Lethe manages those of what it makes',
    ];
  }
  const faults: string[] = [];
  for (const key of [...RESTORE_SETTINGS, 'lethe:warehouse-key-arn'] as const) {
    const isGiven = read[key] !== undefined;
    if (!isManaged) {
      if (isGiven) faults.push(`${key} needs lethe:warehouse-snapshots=managed`);
    } else if (kind === 'workgroup') {
      if (!isGiven) faults.push(`${key} must say where snapshots of the workgroup are restored`);
    } else if (isGiven && key !== 'lethe:warehouse-key-arn') {
      faults.push(`${key} is for lethe:warehouse=workgroup: a cluster tells its own network`);
    }
  }
  return faults;
}
