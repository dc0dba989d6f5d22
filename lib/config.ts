import type { z } from 'zod';
import { contextSchema, settings } from './settings/context-schema.ts';
import { archiveConfig, type ArchiveConfig } from './settings/archive-config.ts';
import { deliveryPath, type DeliveryPath } from './core/data-map/delivery-path.ts';
import type { DataMap } from './core/data-map/schema.ts';
import { largestTransformBuffer } from './core/delivery/transform-answer-size.ts';
import { requestConfig, requestFaults, type RequestConfig } from './settings/request-config.ts';
import {
  tablesLeftOut,
  warehouseConfig,
  warehouseFaults,
  type WarehouseConfig,
} from './settings/warehouse-config.ts';

const MEBIBYTE = 1024 * 1024;

/** Where records land that could not be transformed. */
export const ERROR_PREFIX = 'phi-errors/';

/** A context that cannot be obeyed. The message lists every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(
      `The deployment's settings have ${count}; mend them in cdk.json or on the command line (-c key=value):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** What a deployment may choose. Every value is checked; limits are those of the services. */
export interface Config {
  /** `production` keeps and protects what holds data; `demo` leaves nothing behind. @default demo */
  readonly stage: 'demo' | 'production';
  /** Where the events flow and where they come to rest, from the data map. */
  readonly path: DeliveryPath;
  readonly stream: {
    /** Shards of the event stream. @default on-demand */
    readonly capacity: 'on-demand' | number;
  };
  readonly delivery: {
    /** Whether objects are compressed. @default false */
    readonly gzip: boolean;
    /** Whether keys read `year=2026/month=01/…` rather than `2026/01/…`. @default false */
    readonly hivePartitions: boolean;
    /** How long Firehose gathers an object, 0 to 900. @default 60 */
    readonly bufferSeconds: number;
    /** How much Firehose gathers for an object, 1 to 128. @default 1 */
    readonly bufferMebibytes: number;
    /** How long Firehose gathers a batch for the transform, 0 to 900. @default 10 */
    readonly transformBufferSeconds: number;
    /** How much Firehose gathers for the transform, 0.2 to what its answer can hold. @default 1 */
    readonly transformBufferMegabytes: number;
    /** Upper bound of simultaneous transforms, taken from the account's. @default none */
    readonly transformReservedConcurrency: number | undefined;
    /** Days that records stay which could not be transformed: personal data in clear. @default 14 */
    readonly failedRecordDays: number;
    /** Days that overwritten and deleted versions stay. @default 7 */
    readonly noncurrentDays: number;
  };
  readonly operations: {
    /** @default 7 in demo, 90 in production */
    readonly logRetentionDays: number;
    /** 90 to 2560. @default 365 */
    readonly keyRotationDays: number;
    /** Who is told of alarms; not beside `alarmTopicArn`. @default nobody: subscribe later */
    readonly alarmEmail: string | undefined;
    /** A topic of yours in place of one for each stack. @default none */
    readonly alarmTopicArn: string | undefined;
  };
  /** Erasure in the archive. */
  readonly archive: ArchiveConfig;
  /** Data subject requests; undefined where they are switched off. @default on */
  readonly requests: RequestConfig | undefined;
  /** Erasure in the warehouse; undefined where it is switched off. @default off: it costs money */
  readonly warehouse: WarehouseConfig | undefined;
}

/**
 * Reads the context of the CDK app; nothing else in the project does. Keys that begin with
 * `lethe:` must be known, others belong to CDK and are left alone.
 * @throws {ConfigError} naming all faults at once, also those of a data map that cannot be deployed.
 */
export function readConfig(context: Readonly<Record<string, unknown>>, map: DataMap): Config {
  const ours = Object.fromEntries(
    Object.entries(context).filter(([key]) => key === 'stage' || key.startsWith('lethe:')),
  );
  const parsed = contextSchema.safeParse(ours);
  const found = deliveryPath(map);
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(describe)),
    ...(found.ok ? retentionFaults(found.path) : found.faults),
    ...(parsed.success && found.ok
      ? bufferFaults(found.path, parsed.data['lethe:transform-buffer-mb'])
      : []),
    ...(parsed.success ? requestFaults(parsed.data, parsed.data.stage, map) : []),
    ...(parsed.success ? warehouseFaults(parsed.data, parsed.data.stage, map) : []),
  ];
  if (!parsed.success || !found.ok || faults.length > 0) throw new ConfigError(faults);

  const read = parsed.data;
  return {
    stage: read.stage,
    path: found.path,
    stream: { capacity: read['lethe:shards'] },
    delivery: {
      gzip: read['lethe:gzip'],
      hivePartitions: read['lethe:hive-partitions'],
      bufferSeconds: read['lethe:buffer-seconds'],
      bufferMebibytes: read['lethe:buffer-mib'],
      transformBufferSeconds: read['lethe:transform-buffer-seconds'],
      transformBufferMegabytes: read['lethe:transform-buffer-mb'],
      transformReservedConcurrency: read['lethe:transform-reserved-concurrency'],
      failedRecordDays: read['lethe:failed-record-days'],
      noncurrentDays: read['lethe:noncurrent-days'],
    },
    operations: {
      logRetentionDays: read['lethe:log-retention-days'] ?? (read.stage === 'demo' ? 7 : 90),
      keyRotationDays: read['lethe:key-rotation-days'],
      alarmEmail: read['lethe:alarm-email'],
      alarmTopicArn: read['lethe:alarm-topic-arn'],
    },
    archive: archiveConfig(read),
    requests: requestConfig(read, read.stage, map, tablesLeftOut(read, map)),
    warehouse: warehouseConfig(read, map),
  };
}

/** What the services that hold the stores cannot obey. */
function retentionFaults({ streamName, stream, archiveName, archive }: DeliveryPath): string[] {
  const faults: string[] = [];
  // Source: Kinesis API reference, IncreaseStreamRetentionPeriod: 24 to 8760 hours.
  if (stream.retention.days < 1 || stream.retention.days > 365) {
    faults.push(`data map: stores.${streamName}.retention.days must be from 1 to 365 for Kinesis`);
  }
  if (archive.retention.days < 1) {
    faults.push(`data map: stores.${archiveName}.retention.days must be at least 1 for S3`);
  }
  if (archive.format !== 'jsonl') {
    faults.push(`data map: stores.${archiveName}.format must be jsonl: so the filter writes`);
  }
  if (archive.prefix.startsWith(ERROR_PREFIX) || ERROR_PREFIX.startsWith(archive.prefix)) {
    faults.push(
      `data map: stores.${archiveName}.prefix must not meet ${ERROR_PREFIX}, where failed records lie`,
    );
  }
  return faults;
}

/** What the transform's answer could not hold; see transform-answer-size.ts. */
function bufferFaults({ stream }: DeliveryPath, megabytes: number): string[] {
  // Firehose says MB and means the larger of the two, or less.
  const most = largestTransformBuffer(stream) / MEBIBYTE;
  if (megabytes <= most) return [];
  const fits = Math.floor(most * 10) / 10;
  return [
    `lethe:transform-buffer-mb must be at most ${fits}: redaction could make a batch longer than the 6 MB that a transform may answer`,
  ];
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(settings).join(', ');
    return issue.keys.map((key) => `${key} is no setting of Lethe; there are stage, ${known}`);
  }
  return [`${issue.path.map(String).join('.')} ${issue.message}`];
}
