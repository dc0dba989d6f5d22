import { Discovery, mapEntries, type Finding } from '../../../lib/core/discovery/discovery.ts';
import { VersionGone } from '../../../lib/core/erasure/stored-source.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { SeededRandom } from '../../../lib/simulation/seeded-random.ts';
import { chooseFiles } from './choose-files.ts';
import { readOptions, type DiscoverFlags } from './options.ts';
import { failureCode } from '../failure-code.ts';
import { listObjects, type Candidate } from './places.ts';
import { maskedName } from './printable.ts';

interface UnreadableFile {
  /** Relative to the directory, or the object's key; addresses in it masked. */
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
  archive: string,
  flags: DiscoverFlags,
  observer: DiscoverObserver,
  now: Date,
): Promise<DiscoverSummary> {
  const options = readOptions(flags);
  const files = await listObjects(archive);
  const random = new SeededRandom(options.seed);
  const chosen = chooseFiles(files, options.objects, random);
  const discovery = new Discovery(dataMap, now.getUTCFullYear());
  const unreadable: UnreadableFile[] = [];
  let rows = 0;
  observer.begin(chosen.length);
  for (const [at, file] of chosen.entries()) {
    const ofFile = random.fork();
    const sampled = await sampleObject(discovery, file, options.rows, () => ofFile.fraction());
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

async function sampleObject(
  discovery: Discovery,
  candidate: Candidate,
  rows: number,
  random: () => number,
): ReturnType<Discovery['sample']> {
  const opened = candidate.open();
  if ('reason' in opened) return { outcome: 'unreadable', rows: 0, reason: opened.reason };
  try {
    return await discovery.sample(opened.source, { rows, random });
  } catch (error) {
    if (error instanceof VersionGone) {
      return { outcome: 'unreadable', rows: 0, reason: error.message };
    }
    const code = failureCode(error);
    if (code === undefined) throw error;
    return { outcome: 'unreadable', rows: 0, reason: `it cannot be read (${code})` };
  } finally {
    opened.close();
  }
}
