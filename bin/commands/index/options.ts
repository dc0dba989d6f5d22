import { samePath } from '../../../lib/core/data-map/field-path.ts';
import { parsePath } from '../../../lib/core/erasure/criteria/path-text.ts';
import {
  archivePlace,
  type FilteredPath,
} from '../../../lib/core/erasure/filters/archive-paths.ts';
import { FORMATS, type FormatName } from '../../../lib/core/erasure/format.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { UsageError } from '../erase/usage-error.ts';

/** The options as commander gives them. */
export interface IndexFlags {
  filters?: string;
  identifiers?: string;
  format: string;
  keySecret?: string;
  stateDirectory: string;
  json?: boolean;
}

export interface IndexOptions {
  /** Of the identifiers. */
  paths: readonly FilteredPath[];
  format: FormatName | 'auto';
}

export interface S3Place {
  bucket: string;
  prefix: string;
}

/** Throws {@link UsageError}. */
export function readOptions(flags: IndexFlags): IndexOptions {
  const format = [...FORMATS, 'auto' as const].find((name) => name === flags.format);
  if (format === undefined) {
    throw new UsageError(`--format: expected one of auto, ${FORMATS.join(', ')}`);
  }
  const mapped = archivePlace(dataMap, '').paths;
  if (flags.identifiers === undefined) return { paths: mapped, format };
  const paths = flags.identifiers.split(',').map((text) => {
    const path = parsePath(text.trim());
    if (!path.ok) throw new UsageError(`--identifiers: ${path.reason}`);
    const known = mapped.find(({ segments }) => samePath(segments, path.segments));
    return known ?? { segments: path.segments, rule: 'exact' as const };
  });
  return { paths, format };
}

/** Reads `s3://bucket/prefix`; undefined for what is none. Throws {@link UsageError}. */
export function s3Place(option: string, text: string): S3Place | undefined {
  if (!/^s3:\/\//i.test(text)) return undefined;
  const [, bucket, prefix = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/i.exec(text) ?? [];
  if (bucket === undefined) throw new UsageError(`${option}: expected s3://bucket/prefix`);
  return { bucket, prefix };
}
