import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFillSync } from 'node:crypto';
import { etagOf, FileSource } from '../../bin/commands/erase/file-source.ts';
import { CompiledMatcher } from '../../lib/core/erasure/compiled-matcher.ts';
import { CriteriaReader } from '../../lib/core/erasure/criteria/read-criteria.ts';
import { ArchiveIndexer } from '../../lib/core/erasure/filters/archive-indexer.ts';
import { FilterKey } from '../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../lib/core/erasure/filters/stored-filters.ts';
import { findObject } from '../../lib/core/erasure/run/object-work.ts';
import type { FilteredObject, FilterStore } from '../../lib/core/ports/membership-filters.ts';
import { openFileFilterStore } from '../../lib/local/archive-filters/file-filter-store.ts';
import { writeArchive } from './archive-data.ts';
import { filterRivals } from './filter-rivals.ts';
import type { BenchSection, BenchSize, BenchTable } from './section.ts';
import { sideBySide } from './side-by-side.ts';

const KEY = new FilterKey(Buffer.alloc(32, 1));
/** Objects, and bytes of each. */
const SIZES: Record<BenchSize, { objects: number; bytes: number; hashes: number }> = {
  smoke: { objects: 2, bytes: 2e5, hashes: 10_000 },
  quick: { objects: 10, bytes: 2e6, hashes: 100_000 },
  normal: { objects: 60, bytes: 5e6, hashes: 1_000_000 },
  full: { objects: 400, bytes: 5e6, hashes: 1_000_000 },
};
const ROUNDS = 3;

/** Membership filters: which kind, how fast they are made, and what a search with them saves. */
export const section: BenchSection = {
  name: 'filters',
  async *run(size, progress) {
    const folder = mkdtempSync(join(tmpdir(), 'lethe-bench-'));
    try {
      progress('comparing kinds of filters');
      yield await compareKinds(SIZES[size].hashes);
      progress('writing an archive');
      const paths = writeObjects(join(folder, 'archive'), SIZES[size]);
      yield* await compareSearches(folder, paths, progress);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compareKinds(count: number): Promise<BenchTable> {
  const hashes = randomFillSync(new Uint32Array(count * 2));
  const strangers = randomFillSync(new Uint32Array(2_000_000));
  const built = filterRivals.map(({ build }) => build(hashes));
  for (const { test } of built) {
    if (countHits(hashes, test) !== count) throw new Error('a filter misses one of its own');
  }
  const wrong = built.map(({ test }) => countHits(strangers, test) / (strangers.length / 2));
  const makes = await sideBySide(
    filterRivals.map(({ name, build }) => ({ name, run: () => build(hashes) })),
    ROUNDS,
  );
  const asks = await sideBySide(
    filterRivals.map(({ name }, at) => ({
      name,
      run: () => countHits(strangers, built[at]!.test),
    })),
    ROUNDS,
  );
  return {
    title: `Kinds of filters, ${count.toLocaleString('en')} hashes`,
    columns: ['', 'bits a hash', 'wrong', 'made, ns a hash', 'asked, ns'],
    rows: filterRivals.map(({ name }, at) => [
      name,
      ((built[at]!.bytes * 8) / count).toFixed(2),
      `${(wrong[at]! * 100).toFixed(2)} %`,
      ((makes[at]!.median * 1e6) / count).toFixed(0),
      ((asks[at]!.median * 1e6) / (strangers.length / 2)).toFixed(0),
    ]),
    note: 'Wrong: strangers that a filter lets through, out of a million. No kind misses a member.',
  };
}

function countHits(hashes: Uint32Array, test: (low: number, high: number) => boolean): number {
  let hits = 0;
  for (let at = 0; at < hashes.length; at += 2) if (test(hashes[at]!, hashes[at + 1]!)) hits++;
  return hits;
}

function writeObjects(folder: string, { objects, bytes }: { objects: number; bytes: number }) {
  mkdirSync(folder);
  // Each object has customers of its own, as an archive by time has mostly.
  let first = 0;
  return Array.from({ length: objects }, (_, at) => {
    const path = join(folder, `${at}.jsonl`);
    first += writeArchive(path, 'json', bytes, first);
    return path;
  });
}

async function compareSearches(
  folder: string,
  paths: readonly string[],
  progress: (line: string) => void,
): Promise<BenchTable[]> {
  const store = await openFileFilterStore(join(folder, 'filters'));
  const plain = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  progress('making filters');
  let filterBytes = 0;
  let values = 0;
  const make = async (into: FilterStore): Promise<void> => {
    const indexer = new ArchiveIndexer(into, KEY, [{ segments: ['customer_id'], rule: 'exact' }]);
    filterBytes = values = 0;
    for (const path of paths) {
      const made = await withSource(path, (source, object) =>
        indexer.index(object, () => source, 'jsonl'),
      );
      if (made.kind !== 'written') throw new Error(`no filter: ${made.kind}`);
      filterBytes += made.filterBytes;
      values += made.values;
    }
  };
  const none: FilterStore = {
    read: () => Promise.resolve(undefined),
    write: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  };
  await make(store);
  const making = await sideBySide(
    [
      { name: 'read + split into lines', run: () => paths.map((path) => lines(path).length) },
      { name: 'JSON.parse a line, a Set of values', run: () => paths.map(valuesByParse) },
      { name: 'filters', run: () => make(none) },
    ],
    ROUNDS,
  );
  progress('searching');
  const filters = storedFilters(store, KEY);
  const matcher = matcherOf('100000007');
  const searches = await sideBySide(
    [
      { name: 'every object read', run: () => search(paths, matcher) },
      {
        name: 'only those that may match',
        run: () =>
          search(paths, matcher, async (object) => {
            const answer = await filters.mayHold(object, matcher, 'jsonl');
            return answer.kind === 'absent';
          }),
      },
    ],
    ROUNDS,
  );
  const rate = (median: number): string => `${(plain / 1e3 / median).toFixed(0)} MB/s`;
  return [
    {
      title: `Making filters, ${paths.length} objects, ${(plain / 1e6).toFixed(0)} MB of JSON Lines`,
      columns: ['', 'ms', ''],
      rows: making.map(({ name, median }) => [name, median.toFixed(0), rate(median)]),
      note: `${values.toLocaleString('en')} values; filters are ${((filterBytes / plain) * 100).toFixed(2)} % of the plain data.`,
    },
    {
      title: `Searching for one subject in ${paths.length} objects`,
      columns: ['', 'ms', 'times as fast'],
      rows: searches.map(({ name, median }) => [
        name,
        median.toFixed(1),
        (searches[0]!.median / median).toFixed(1),
      ]),
      note: 'On a local disk, from the page cache; in S3 the bytes saved cost time and transfer too.',
    },
  ];
}

const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n');

function valuesByParse(path: string): number {
  const found = new Set<string>();
  for (const line of lines(path)) {
    if (line !== '') found.add((JSON.parse(line) as { customer_id: string }).customer_id);
  }
  return found.size;
}

async function withSource<T>(
  path: string,
  work: (source: FileSource, object: FilteredObject) => Promise<T>,
): Promise<T> {
  const source = new FileSource(path);
  try {
    return await work(source, { key: path, etag: etagOf(source.state), size: source.size });
  } finally {
    source.close();
  }
}

async function search(
  paths: readonly string[],
  matcher: CompiledMatcher,
  isAbsent: (object: FilteredObject) => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  let matched = 0;
  for (const path of paths) {
    await withSource(path, async (source, object) => {
      if (await isAbsent(object)) return;
      const { findings } = await findObject(source, matcher, 'jsonl');
      if (findings.kind === 'read') matched += findings.matched;
    });
  }
  if (matched === 0) throw new Error('the subject was not found');
}

function matcherOf(value: string): CompiledMatcher {
  const reader = new CriteriaReader();
  reader.feed(Buffer.from(JSON.stringify({ match: { customer_id: value } })));
  const outcome = reader.finish(7);
  if (!outcome.ok) throw new Error('the criterion is wrong');
  return new CompiledMatcher(outcome.criteria);
}
