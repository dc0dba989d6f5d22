import type { ObjectSource } from '../../format.ts';
import type { Hit, Matcher, PathsSeen } from '../../matcher.ts';
import { scanColumn, type Probe } from './column-scan.ts';
import type { Footer, RowGroup } from '../footer.ts';
import { resolvePath, type LeafPath } from '../schema/leaf-paths.ts';
import { readMapEntries, type MapEntries } from './map-keys.ts';
import { filterFor } from './value-filter.ts';
import { valueReader, type ValueReader } from './typed-values.ts';

/** A path of the criteria with a column that it leads to. */
interface Target extends LeafPath {
  readonly path: number;
  readonly read: ValueReader;
}

/** Finds the rows of an object that fulfil a criterion, one row group at a time. */
export class RowFinder {
  readonly seen: PathsSeen;
  readonly #source: ObjectSource;
  readonly #matcher: Matcher;
  readonly #targets: Target[] = [];

  constructor(source: ObjectSource, footer: Footer, matcher: Matcher) {
    this.#source = source;
    this.#matcher = matcher;
    this.seen = new Uint8Array(matcher.paths.length);
    for (const [path, criterion] of matcher.paths.entries()) {
      if (criterion.kind !== 'field') continue;
      const { leaves, seen } = resolvePath(footer.schema, criterion.segments, this.#sameName);
      if (seen) this.seen[path] = 1;
      for (const leaf of leaves) {
        this.#targets.push({ ...leaf, path, read: valueReader(leaf.leaf) });
      }
    }
  }

  /** Rows of the group that match, ascending, counted from 0. */
  async find(group: RowGroup): Promise<Int32Array> {
    const rows = new Set<number>();
    const partial = new Map<number, Hit[]>();
    for (const target of this.#targets) {
      await this.#scan(group, target, (row, hit) => {
        if (hit.alone) {
          rows.add(row);
          return;
        }
        const hits = partial.get(row);
        if (hits) hits.push(hit);
        else partial.set(row, [hit]);
      });
    }
    for (const [row, hits] of partial) {
      if (!rows.has(row) && this.#matcher.matches(hits)) rows.add(row);
    }
    return Int32Array.from(rows).sort();
  }

  async #scan(
    group: RowGroup,
    target: Target,
    found: (row: number, hit: Hit) => void,
  ): Promise<void> {
    const maps: MapEntries[] = [];
    for (const key of target.keys) {
      maps.push(await readMapEntries(this.#source, group, key, this.#sameName));
    }
    if (maps.some((map) => map.ordinals.size === 0)) return;
    if (maps.length > 0) this.seen[target.path] = 1;
    await scanColumn(this.#source, group, target.leaf, maps, this.#probeFor(target), found);
  }

  #probeFor({ path, read, leaf }: Target): Probe<Hit> {
    const filter = filterFor(this.#matcher, path);
    return (values) => {
      const hits = new Map<number, Hit>();
      const mayMatch = filter.over(values, leaf);
      for (let at = 0; at < values.count; at++) {
        if (mayMatch !== undefined && !mayMatch(at)) continue;
        for (const value of read(values, at)) {
          const hit = this.#matcher.probe(path, value);
          if (hit !== undefined) hits.set(at, hit);
        }
      }
      return hits;
    };
  }

  readonly #sameName = (a: string, b: string): boolean =>
    a === b || (this.#matcher.ignoreCase && a.toLowerCase() === b.toLowerCase());
}
