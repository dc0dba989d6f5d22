import { ArchiveIndexer } from '../../../lib/core/erasure/filters/archive-indexer.ts';
import type { NoFilterReason } from '../../../lib/core/erasure/filters/make-filter.ts';
import { VersionGone } from '../../../lib/core/erasure/stored-source.ts';
import { failureCode } from '../failure-code.ts';
import { openArchive, type OpenObject } from './archives.ts';
import { readOptions, type IndexFlags } from './options.ts';

/** What `--json` prints. */
export interface IndexSummary {
  objects: number;
  /** Filters written, and those that were there already. */
  written: number;
  kept: number;
  /** Of the filters written: their size, and that of the plain data that they stand for. */
  filterBytes: number;
  plainBytes: number;
  /** Different values in them. */
  values: number;
  /** Objects that have no filter, by the reason; every search reads them. */
  without: Partial<Record<NoFilterReason, number>>;
  /** Objects that changed or could not be opened meanwhile; the same command does them. */
  missed: { key: string; reason: string }[];
  seconds: number;
}

export interface IndexObserver {
  begin(objects: number | undefined): void;
  done(objects: number): void;
}

/** Throws {@link UsageError}. Can be killed: what is done is kept, and the same command goes on. */
export async function indexArchive(
  archive: string,
  flags: IndexFlags,
  observer: IndexObserver,
): Promise<IndexSummary> {
  const startedAt = performance.now();
  const { paths, format } = readOptions(flags);
  const { count, objects, filters, key } = await openArchive(archive, flags);
  const indexer = new ArchiveIndexer(filters, key, paths);
  const summary: IndexSummary = {
    objects: 0,
    written: 0,
    kept: 0,
    filterBytes: 0,
    plainBytes: 0,
    values: 0,
    without: {},
    missed: [],
    seconds: 0,
  };
  observer.begin(count);
  for await (const { key: name, open } of objects()) {
    summary.objects++;
    const missed = await indexOne(open, async (opened) => {
      const outcome = await indexer.index(opened.object, () => opened.source, format);
      if (!opened.isSame()) return 'it changed while it was read';
      if (outcome.kind === 'kept') summary.kept++;
      else if (outcome.kind === 'none') {
        summary.without[outcome.reason] = (summary.without[outcome.reason] ?? 0) + 1;
      } else {
        summary.written++;
        summary.filterBytes += outcome.filterBytes;
        summary.plainBytes += outcome.plainBytes;
        summary.values += outcome.values;
      }
      return undefined;
    });
    if (missed !== undefined) summary.missed.push({ key: name, reason: missed });
    observer.done(summary.objects);
  }
  summary.seconds = (performance.now() - startedAt) / 1000;
  return summary;
}

/** Answers why an object could not be indexed, or undefined. */
async function indexOne(
  open: () => OpenObject,
  work: (opened: OpenObject) => Promise<string | undefined>,
): Promise<string | undefined> {
  let opened: OpenObject | undefined;
  try {
    opened = open();
    return await work(opened);
  } catch (error) {
    if (error instanceof VersionGone) return 'it was deleted while it was read';
    const code = failureCode(error);
    if (code === undefined) throw error;
    return `the system answered ${code}`;
  } finally {
    opened?.close();
  }
}
