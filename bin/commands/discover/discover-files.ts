import { Discovery, mapEntries, type Finding } from '../../../lib/core/discovery/discovery.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { systemCode } from '../../../lib/local/durable-files.ts';
import { SeededRandom } from '../../../lib/simulation/seeded-random.ts';
import { existingDirectory, listArchive, type ArchiveFile } from '../erase/archive-files.ts';
import { FileSource } from '../erase/file-source.ts';
import { chooseFiles } from './choose-files.ts';
import { readOptions, type DiscoverFlags } from './options.ts';
import { maskedName } from './printable.ts';

interface UnreadableFile {
  /** Relative to the directory, addresses in it masked. */
  key: string;
  reason: string;
}

/** What `--json` prints. */
export interface DiscoverSummary {
  /** Files in all, those looked at, and the rows of them that were. */
  files: number;
  sampled: number;
  rows: number;
  seed: number;
  findings: readonly Finding[];
  /** Entries for lib/data-map.ts, as TypeScript. */
  entries: readonly string[];
  unreadable: readonly UnreadableFile[];
  /** There were more fields than can be told apart. */
  tooManyFields: boolean;
}

export interface DiscoverObserver {
  begin(files: number): void;
  done(files: number): void;
}

/** Throws {@link UsageError}. */
export async function discoverFiles(
  directory: string,
  flags: DiscoverFlags,
  observer: DiscoverObserver,
  now: Date,
): Promise<DiscoverSummary> {
  const options = readOptions(directory, flags);
  const root = await existingDirectory('<directory>', directory);
  const files = await listArchive(root, []);
  const random = new SeededRandom(options.seed);
  const chosen = chooseFiles(files, options.objects, random);
  const discovery = new Discovery(dataMap, now.getUTCFullYear());
  const unreadable: UnreadableFile[] = [];
  let rows = 0;
  observer.begin(chosen.length);
  for (const [at, file] of chosen.entries()) {
    const ofFile = random.fork();
    const sampled = await sampleFile(discovery, file, options.rows, () => ofFile.fraction());
    rows += sampled.rows;
    if (sampled.outcome === 'unreadable') {
      unreadable.push({ key: maskedName(file.key), reason: sampled.reason });
    }
    observer.done(at + 1);
  }
  const findings = discovery.findings();
  return {
    files: files.length,
    sampled: chosen.length,
    rows,
    seed: options.seed,
    findings,
    entries: mapEntries(findings),
    unreadable,
    tooManyFields: discovery.isIncomplete,
  };
}

async function sampleFile(
  discovery: Discovery,
  { path }: ArchiveFile,
  rows: number,
  random: () => number,
): ReturnType<Discovery['sample']> {
  let source: FileSource;
  try {
    source = new FileSource(path);
  } catch (error) {
    const reason = `it cannot be opened (${systemCode(error) ?? 'unknown'})`;
    return { outcome: 'unreadable', rows: 0, reason };
  }
  try {
    return await discovery.sample(source, { rows, random });
  } finally {
    source.close();
  }
}
