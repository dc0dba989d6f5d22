import type { z } from 'zod';
import { lakeFormationTags, PERSONAL_DATA_TAG } from '../core/catalogue/lake-formation-tags.ts';
import { personalTables } from '../core/catalogue/personal-tables.ts';
import type { DataMap, TableStore } from '../core/data-map/schema.ts';
import { LONGEST_RETENTION } from '../core/warehouse/snapshots/purge-snapshot.ts';
import type { requestSettings } from './request-settings.ts';
import {
  placeFaults,
  placeOf,
  type ReadWarehouse,
  type WarehousePlace,
} from './warehouse-place.ts';

type Read = ReadWarehouse & Pick<z.output<z.ZodObject<typeof requestSettings>>, 'lethe:requests'>;

/** What a deployment may choose of erasure in the warehouse. */
export interface WarehouseConfig {
  readonly place: WarehousePlace;
  /** @default dev */
  readonly database: string;
  /** Tables of the data map, by store. */
  readonly stores: Readonly<Record<string, TableStore>>;
  /** Days between two passes over flagged rows, 1 to 30. @default 28 */
  readonly passDays: number;
  /** Days in which a flag can be taken back. @default 7 */
  readonly undoDays: number;
  /** Most of a table that one pass may take before a person must look, in a hundred. @default 10 */
  readonly maximumPercent: number;
  /** Days after a deletion for which a backup may hold the rows. @default 29 */
  readonly backupDays: number;
  readonly lakeFormation:
    | {
        readonly database: string;
        readonly readers: readonly string[];
        readonly personalReaders: readonly {
          readonly role: string;
          readonly values: readonly string[];
        }[];
      }
    | undefined;
}

/** What the settings say, once {@link warehouseFaults} found nothing. Undefined: no warehouse. */
export function warehouseConfig(read: Read, map: DataMap): WarehouseConfig | undefined {
  const place = placeOf(read);
  if (place === undefined) return undefined;
  const database = read['lethe:lake-formation-database'];
  return {
    place,
    database: read['lethe:warehouse-database'] ?? 'dev',
    stores: tablesOf(map),
    passDays: read['lethe:warehouse-pass-days'] ?? 28,
    undoDays: read['lethe:warehouse-undo-days'] ?? 7,
    maximumPercent: read['lethe:warehouse-maximum-percent'] ?? 10,
    backupDays: read['lethe:warehouse-backup-days'] ?? LONGEST_RETENTION,
    lakeFormation:
      database === undefined
        ? undefined
        : {
            database,
            readers: read['lethe:lake-formation-readers'] ?? [],
            personalReaders: read['lethe:lake-formation-personal-readers'] ?? [],
          },
  };
}

/** Tables of the data map that requests leave out, as there is no warehouse. */
export function tablesLeftOut(read: Read, map: DataMap): readonly string[] {
  return placeOf(read) === undefined ? Object.keys(tablesOf(map)) : [];
}

/** What single settings can't tell: which need one another, or the data map. */
export function warehouseFaults(read: Read, stage: 'demo' | 'production', map: DataMap): string[] {
  const kind = read['lethe:warehouse'];
  const tables = Object.keys(tablesOf(map));
  if (kind === undefined || kind === 'none') {
    return [
      ...Object.keys(read)
        .filter((key) => NEED_WAREHOUSE.test(key) && read[key as keyof Read] !== undefined)
        .map((key) => `${key} needs lethe:warehouse`),
      // A demonstration says so when it is synthesized; in production somebody must have chosen it.
      ...(kind === undefined &&
      stage === 'production' &&
      read['lethe:requests'] &&
      tables.length > 0
        ? [
            `lethe:warehouse must say where ${tables.join(', ')} of the data map are: serverless, workgroup or cluster; or none, and no request reaches them`,
          ]
        : []),
    ];
  }
  return [
    ...(read['lethe:requests']
      ? []
      : ['lethe:warehouse needs lethe:requests, whose erasures it carries out']),
    ...placeFaults(read),
    ...lakeFormationFaults(read, map),
  ];
}

const NEED_WAREHOUSE = /^lethe:(warehouse-|lake-formation-)/;

function lakeFormationFaults(read: Read, map: DataMap): string[] {
  const readers = read['lethe:lake-formation-personal-readers'] ?? [];
  if (read['lethe:lake-formation-database'] === undefined) {
    return (['lethe:lake-formation-readers', 'lethe:lake-formation-personal-readers'] as const)
      .filter((key) => read[key] !== undefined)
      .map((key) => `${key} needs lethe:lake-formation-database`);
  }
  const { tags } = lakeFormationTags(personalTables(map));
  const known = tags.find(({ key }) => key === PERSONAL_DATA_TAG)?.values ?? [];
  const foreign = new Set(readers.flatMap(({ values }) => values));
  return [...foreign]
    .filter((value) => !known.includes(value))
    .map(
      (value) =>
        `lethe:lake-formation-personal-readers names ${value}; the data map gives ${known.join(', ') || 'no values'}`,
    );
}

function tablesOf(map: DataMap): Readonly<Record<string, TableStore>> {
  return Object.fromEntries(
    Object.entries(map.stores).flatMap(([name, store]) =>
      store.kind === 'table' ? [[name, store] as const] : [],
    ),
  );
}
