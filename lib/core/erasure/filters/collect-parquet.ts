import type { ObjectSource } from '../format.ts';
import { scanColumn, type Probe } from '../parquet/find/column-scan.ts';
import { readMapEntries } from '../parquet/find/map-keys.ts';
import { valueReader } from '../parquet/find/typed-values.ts';
import { readFooter, type Footer, type RowGroup } from '../parquet/footer.ts';
import { resolvePath, type LeafPath } from '../parquet/schema/leaf-paths.ts';
import type { CollectingMatcher } from './collecting-matcher.ts';
import type { Collected } from './collect-text.ts';

/**
 * Hands every value at the matcher's paths to its sink: those of dictionaries, and of pages that do
 * without one; of a map the values under every key. Pages of indexes are not even decompressed.
 * @throws {ParquetFault}
 */
export async function collectParquet(
  source: ObjectSource,
  matcher: CollectingMatcher,
): Promise<Collected> {
  const footer = await readFooter(source);
  const seen = new Uint8Array(matcher.paths.length);
  for (const [path, criterion] of matcher.paths.entries()) {
    if (criterion.kind !== 'field') continue;
    const resolved = resolvePath(footer.schema, criterion.segments, isSame);
    if (resolved.seen) seen[path] = 1;
    for (const leaf of resolved.leaves) {
      const probe = noteValues(matcher, path, leaf);
      for (const group of footer.groups) {
        if (await collectColumn(source, group, leaf, probe)) seen[path] = 1;
      }
    }
  }
  return { rows: footer.rows, unparsable: 0, bytes: plainBytes(footer), seen };
}

/** Answers whether a map on the way has the key that the path names. */
async function collectColumn(
  source: ObjectSource,
  group: RowGroup,
  { leaf, keys }: LeafPath,
  probe: Probe<never>,
): Promise<boolean> {
  for (const key of keys) {
    const entries = await readMapEntries(source, group, key, isSame);
    if (entries.ordinals.size === 0) return false;
  }
  await scanColumn(source, group, leaf, [], probe, () => undefined);
  return keys.length > 0;
}

function noteValues(matcher: CollectingMatcher, path: number, { leaf }: LeafPath): Probe<never> {
  const read = valueReader(leaf);
  return (values) => {
    for (let at = 0; at < values.count; at++) {
      for (const value of read(values, at)) matcher.probe(path, value);
    }
    return new Map<number, never>();
  };
}

/** Sum of the columns' uncompressed sizes; ColumnMetaData of parquet.thrift, field 6. */
function plainBytes({ groups }: Footer): number {
  const sizes = groups.flatMap(({ chunks }) => chunks.map(({ metadata }) => metadata.needSize(6)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function isSame(a: string, b: string): boolean {
  return a === b;
}
