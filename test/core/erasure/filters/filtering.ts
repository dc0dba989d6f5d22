import { Buffer } from 'node:buffer';
import { parsePath } from '../../../../lib/core/erasure/criteria/path-text.ts';
import type { FormatName } from '../../../../lib/core/erasure/format.ts';
import { formatNamed } from '../../../../lib/core/erasure/formats.ts';
import type { Matcher } from '../../../../lib/core/erasure/matcher.ts';
import {
  ArchiveIndexer,
  type IndexOutcome,
} from '../../../../lib/core/erasure/filters/archive-indexer.ts';
import type { FilteredPath } from '../../../../lib/core/erasure/filters/archive-paths.ts';
import { FilterKey } from '../../../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../../../lib/core/erasure/filters/stored-filters.ts';
import type { FilterAnswer } from '../../../../lib/core/ports/membership-filters.ts';
import type { NormaliseRule } from '../../../../lib/core/suppression/normalise.ts';
import { memoryFilterStore } from '../../../fakes/memory-filter-store.ts';
import { objectOf } from '../archive-bytes.ts';

export const KEY = new FilterKey(Buffer.alloc(32, 7));

function filteredPaths(paths: readonly string[], rule: NormaliseRule): FilteredPath[] {
  return paths.map((path) => {
    const parsed = parsePath(path);
    if (!parsed.ok) throw new Error(parsed.reason);
    return { segments: parsed.segments, rule };
  });
}

/** An archive of one object, its filters, and the verbs on both. */
export class Bench {
  readonly store = memoryFilterStore();
  readonly filters = storedFilters(this.store, KEY);
  readonly indexer: ArchiveIndexer;

  constructor(paths: readonly string[], rule: NormaliseRule = 'exact') {
    this.indexer = new ArchiveIndexer(this.store, KEY, filteredPaths(paths, rule));
  }

  index(bytes: Uint8Array, format: FormatName | 'auto', etag = '"e1"'): Promise<IndexOutcome> {
    return this.indexer.index(
      { key: 'a/object', etag, size: bytes.length },
      () => objectOf(bytes),
      format,
    );
  }

  ask(
    bytes: Uint8Array,
    matcher: Matcher,
    format: FormatName | 'auto',
    etag = '"e1"',
  ): Promise<FilterAnswer> {
    return this.filters.mayHold({ key: 'a/object', etag, size: bytes.length }, matcher, format);
  }
}

/**
 * What is wrong with an answer by the search's own; undefined when nothing is. An answer to read is
 * never wrong.
 */
export async function faultOf(
  answer: FilterAnswer,
  bytes: Uint8Array,
  matcher: Matcher,
  format: FormatName,
): Promise<string | undefined> {
  if (answer.kind === 'read') return undefined;
  const found = await formatNamed(format).find(objectOf(bytes), matcher);
  if (found.kind !== 'read') return 'skips an object that cannot be read';
  if (found.matched > 0) return `skips ${found.matched} matching rows`;
  if (found.unparsable > 0) return 'skips rows that cannot be read';
  if (found.rows !== answer.rows) return `counts ${answer.rows} rows instead of ${found.rows}`;
  const seen = [...found.seen.keys()].filter((path) => found.seen[path] === 1);
  return seen.join() === answer.seen.join()
    ? undefined
    : `sees ${answer.seen.join()}, not ${seen.join()}`;
}
