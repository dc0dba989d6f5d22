import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import {
  CorruptObject,
  FORMATS,
  type FormatName,
  type ObjectSource,
} from '../../../lib/core/erasure/format.ts';
import { countSuspects } from '../../../lib/core/erasure/formats.ts';
import { findObject } from '../../../lib/core/erasure/run/object-work.ts';
import { storedSource, VersionGone } from '../../../lib/core/erasure/stored-source.ts';
import { ObjectArchived } from '../../../lib/core/ports/object-store.ts';
import { formatCount, formatQuantity } from '../../terminal/numbers.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { printable } from '../discover/printable.ts';
import { existingDirectory, listArchive } from '../erase/archive-files.ts';
import { readCriteriaFile } from '../erase/criteria-file.ts';
import { FileSource } from '../erase/file-source.ts';
import { UsageError } from '../erase/usage-error.ts';
import { failureCode } from '../failure-code.ts';
import { s3Place } from '../index/options.ts';

export interface VerifyArchiveFlags {
  removalCriteria: string;
  format: string;
  strictTypes?: boolean;
  ignoreCase?: boolean;
  json?: boolean;
}

/** What `--json` prints. */
interface ArchiveVerdict {
  outcome: 'clean' | 'residue' | 'incomplete';
  objects: number;
  rows: number;
  /** Matching rows that are left. */
  residue: number;
  /** Objects in which something is left, or that could not be read wholly. */
  findings: { key: string; versionId?: string; matched: number; reason?: string }[];
}

interface Searched {
  key: string;
  versionId?: string;
  readonly open: () => { source: ObjectSource; close: () => void };
}

/** Two, since rows that cannot be read are searched while others are. */
interface Matchers {
  readonly matcher: CompiledMatcher;
  readonly searcher: CompiledMatcher;
}

/** Findings that are listed; `--json` has all. */
const LISTED = 40;

/** Runs the command and answers its exit code. */
export async function runVerifyArchive(
  terminal: Terminal,
  archive: string,
  flags: VerifyArchiveFlags,
): Promise<number> {
  try {
    const verdict = await verifyArchive(archive, flags);
    if (flags.json === true) terminal.json(verdict);
    else print(terminal, verdict);
    return verdict.outcome === 'clean' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

async function verifyArchive(archive: string, flags: VerifyArchiveFlags): Promise<ArchiveVerdict> {
  const { strictTypes = false, ignoreCase = false } = flags;
  const format = [...FORMATS, 'auto' as const].find((name) => name === flags.format);
  if (format === undefined) {
    throw new UsageError(`--format: expected one of auto, ${FORMATS.join(', ')}`);
  }
  const matching = { strictTypes, ignoreCase };
  const { criteria } = await readCriteriaFile(flags.removalCriteria, matching);
  const matchers = {
    matcher: new CompiledMatcher(criteria),
    searcher: new CompiledMatcher(criteria),
  };
  const verdict: ArchiveVerdict = {
    outcome: 'clean',
    ...{ objects: 0, rows: 0, residue: 0, findings: [] },
  };
  for await (const { key, versionId, open } of await objectsOf(archive)) {
    verdict.objects++;
    const { rows, matched, reason } = await search(open, matchers, format);
    verdict.rows += rows;
    verdict.residue += matched;
    if (matched === 0 && reason === undefined) continue;
    const named = versionId === undefined ? { key } : { key, versionId };
    verdict.findings.push({ ...named, matched, ...(reason !== undefined && { reason }) });
    if (matched > 0) verdict.outcome = 'residue';
    else if (verdict.outcome === 'clean') verdict.outcome = 'incomplete';
  }
  return verdict;
}

async function search(
  open: Searched['open'],
  { matcher, searcher }: Matchers,
  format: FormatName | 'auto',
): Promise<{ rows: number; matched: number; reason?: string }> {
  let opened: ReturnType<Searched['open']> | undefined;
  try {
    opened = open();
    const { source } = opened;
    const { findings } = await findObject(source, matcher, format);
    if (findings.kind === 'corrupt') return { rows: 0, matched: 0, reason: findings.reason };
    const { rows, matched, unparsable } = findings;
    if (unparsable === 0) return { rows, matched };
    const suspected = await countSuspects(source, findings.format, matcher, searcher);
    const told = suspected === 0 ? '' : `, ${formatCount(suspected)} with a subject's value`;
    return { rows, matched, reason: `${formatQuantity(unparsable, 'row')} can't be read${told}` };
  } catch (error) {
    return { rows: 0, matched: 0, reason: reasonOf(error) };
  } finally {
    opened?.close();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof CorruptObject) return error.reason;
  if (error instanceof ObjectArchived || error instanceof VersionGone) return error.message;
  const code = failureCode(error);
  if (code === undefined) throw error;
  return `the system answered ${code}`;
}

async function objectsOf(archive: string): Promise<AsyncIterable<Searched>> {
  const place = s3Place('<archive>', archive);
  return place === undefined ? filesBelow(archive) : versionsIn(place.bucket, place.prefix);
}

async function filesBelow(directory: string): Promise<AsyncIterable<Searched>> {
  const root = await existingDirectory('<archive>', directory);
  const files = await listArchive(root, []);
  // eslint-disable-next-line @typescript-eslint/require-await -- as for a bucket
  return (async function* () {
    for (const { key, path } of files) {
      yield {
        key,
        open: () => {
          const source = new FileSource(path);
          return { source, close: () => source.close() };
        },
      };
    }
  })();
}

async function versionsIn(bucket: string, prefix: string): Promise<AsyncIterable<Searched>> {
  const [{ openS3 }, { s3ObjectStore }] = await Promise.all([
    import('../s3-client.ts'),
    import('../../../lib/aws/s3-object-store.ts'),
  ]);
  const objects = s3ObjectStore(openS3(), bucket);
  return (async function* () {
    for await (const version of objects.listVersions(prefix)) {
      if (version.isDeleteMarker) continue;
      const open = () => ({ source: storedSource(objects, version), close: () => undefined });
      yield { key: version.key, versionId: version.versionId, open };
    }
  })();
}

function print(terminal: Terminal, verdict: ArchiveVerdict): void {
  const { findings, objects, rows, residue, outcome } = verdict;
  for (const { key, versionId, matched, reason } of findings.slice(0, LISTED)) {
    const version = versionId === undefined ? '' : `, version ${versionId}`;
    const left = matched > 0 ? `${formatQuantity(matched, 'matching row')}; ` : '';
    terminal.note(`${printable(key)}${version}: ${left}${reason ?? 'must be erased'}`);
  }
  if (findings.length > LISTED) {
    terminal.note(`… and ${formatCount(findings.length - LISTED)} more; --json lists all`);
  }
  const where = `${formatQuantity(rows, 'row')} of ${formatQuantity(objects, 'object')}`;
  const words = {
    clean: `Clean: none of ${where} matches.`,
    residue: `Residue: ${formatQuantity(residue, 'row')} of ${formatCount(rows)} still match.`,
    incomplete: `Incomplete: nothing was found in ${where}, but not everything could be read.`,
  };
  terminal.print(words[outcome]);
}
