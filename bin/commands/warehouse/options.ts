import { readFile } from 'node:fs/promises';
import { DataMapError, defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import { UsageError } from '../erase/usage-error.ts';

export type WarehouseVerb = 'discover' | 'plan' | 'apply' | 'forget';

/** The options as commander gives them. */
export interface WarehouseFlags {
  readonly directory: string;
  readonly workgroup?: string;
  readonly cluster?: string;
  readonly database: string;
  readonly secretArn?: string;
  readonly dataMap?: string;
  readonly json?: boolean;
  readonly pattern?: string;
  readonly strict?: boolean;
  readonly maximumMatchingProportion?: string;
  readonly dryRun?: boolean;
}

/** @throws {UsageError} */
export async function readDataMap({
  dataMap: path,
}: Pick<WarehouseFlags, 'dataMap'>): Promise<DataMap> {
  if (path === undefined) return (await import('../../../lib/data-map.ts')).dataMap;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`--data-map: cannot read ${path}`);
  }
  try {
    return defineDataMap(JSON.parse(text));
  } catch (error) {
    if (error instanceof DataMapError) throw new UsageError(`--data-map: ${error.message}`);
    throw new UsageError(`--data-map: ${path} is no JSON`);
  }
}

/** @throws {UsageError} */
export function readPattern({ pattern = 'pii' }: WarehouseFlags): RegExp {
  try {
    return new RegExp(pattern, 'i');
  } catch {
    throw new UsageError('--pattern: expected a regular expression');
  }
}

/** @throws {UsageError} */
export function readProportion({
  maximumMatchingProportion: text = '0.1',
}: WarehouseFlags): number {
  const value = Number(text);
  if (!/^[0-9.]+$/.test(text) || !(value >= 0 && value <= 1)) {
    throw new UsageError('--maximum-matching-proportion: expected a number from 0 to 1');
  }
  return value;
}
