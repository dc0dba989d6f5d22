import { Buffer } from 'node:buffer';

import { ObjectArchived, type ObjectVersion } from '../../ports/object-store.ts';
import type { LookUpReply, ServiceReply } from '../../ports/services.ts';
import { CompiledMatcher } from '../compiled-matcher.ts';
import type { ByteSink } from '../format.ts';
import { countSuspects } from '../formats.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import type { RunDependencies } from './dependencies.ts';
import { findObject, forgetObject, type Found } from './object-work.ts';
import type { RunPlace } from './run.ts';
import { compileCriteria } from './subject-criteria.ts';

export interface GatherSearch extends Pick<RunDependencies, 'objects' | 'random' | 'filters'> {
  readonly places: readonly RunPlace[];
}

interface LookSearch extends GatherSearch {
  /** Whether versions that were overwritten are left out. @default they are not */
  readonly latest?: boolean;
  /** Versions last modified before are known to hold nothing (ms). @default all are read */
  readonly since?: number;
}

/** A filter is a small object: waiting for one after the other would take longest. */
const AT_ONCE = 32;

const NEWLINE = Buffer.from('\n');

export type GatherOutcome =
  | { readonly kind: 'done'; readonly affected: number }
  | Extract<ServiceReply, { kind: 'no-data' | 'failed' }>;

/** Something cannot be read: whether the subject is in it is not known. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: string;

  constructor(code: string) {
    super(`a part of the archive cannot be read: ${code}`);
    this.code = code;
  }
}

/** The subject's rows in current objects, as records: for an archive that is small. */
export async function gatherRows(
  search: GatherSearch,
  lines: readonly string[],
): Promise<ServiceReply> {
  const rows: Buffer[] = [];
  const reply = await gatherInto(search, lines, {
    write: (bytes) => void rows.push(Buffer.from(bytes)),
  });
  if (reply.kind !== 'done') return reply;
  const records: Record<string, unknown>[] = [];
  for (const line of Buffer.concat(rows).toString('utf8').split('\n')) {
    if (line.trim() !== '') records.push(JSON.parse(line) as Record<string, unknown>);
  }
  return { ...reply, data: { kind: 'inline', records } };
}

/** Writes the subject's rows in current objects, one JSON object a line; says how many there are. */
export async function gatherInto(
  search: GatherSearch,
  lines: readonly string[],
  sink: ByteSink,
): Promise<GatherOutcome> {
  const matcher = new CompiledMatcher(compileCriteria(lines, search.random));
  let affected = 0;
  try {
    for await (const { version, found } of searchVersions({ ...search, latest: true }, matcher)) {
      const { findings, plan } = found;
      if (findings.kind !== 'read' || findings.format !== 'jsonl') continue;
      if (findings.matched === 0) continue;
      affected += findings.matched;
      await forgetObject(storedSource(search.objects, version), matcher, 'jsonl', plan, {
        kept: { write: () => undefined },
        matched: sink,
      });
      // The last line of an object may have no end; a blank line is none.
      await sink.write(NEWLINE);
    }
  } catch (error) {
    const { code } = codeOf(error);
    return { kind: 'failed', code, retryable: error instanceof VersionGone };
  }
  return affected === 0 ? { kind: 'no-data' } : { kind: 'done', affected };
}

/** How many rows of the subject are left, in any version. */
export async function lookUpRows(
  search: LookSearch,
  lines: readonly string[],
): Promise<LookUpReply> {
  const criteria = compileCriteria(lines, search.random);
  const [matcher, searcher] = [new CompiledMatcher(criteria), new CompiledMatcher(criteria)];
  let erasable = 0;
  let suspected = 0;
  try {
    for await (const { version, found } of searchVersions(search, matcher)) {
      const { findings } = found;
      if (findings.kind !== 'read') continue;
      erasable += findings.matched;
      if (findings.unparsable === 0) continue;
      const source = storedSource(search.objects, version);
      suspected += await countSuspects(source, findings.format, matcher, searcher);
    }
  } catch (error) {
    return { kind: 'failed', ...codeOf(error) };
  }
  // Rows that nobody can read cannot be erased; they are destroyed with their object.
  return erasable + suspected === 0 ? { kind: 'absent' } : { kind: 'present', erasable };
}

/** Versions with rows that match or cannot be read. Fails closed, save where what can't be read expires anyway. */
async function* searchVersions(
  { objects, filters, places, since = 0, latest = false }: LookSearch,
  matcher: CompiledMatcher,
): AsyncGenerator<{ version: ObjectVersion; found: Found }> {
  for (const { prefix, format, lifetime } of places) {
    // Only versions say which they are: a current object is read as the version that it is.
    const isWanted = ({ isDeleteMarker, lastModified, isLatest }: ObjectVersion): boolean =>
      !isDeleteMarker && lastModified >= since && (isLatest || !latest);
    for await (const group of grouped(objects.listVersions(prefix), isWanted)) {
      const answers = await Promise.all(
        group.map(async (version) => filters?.mayHold(version, matcher, format)),
      );
      for (const [at, version] of group.entries()) {
        if (answers[at]?.kind === 'absent') continue;
        const found = await findObject(storedSource(objects, version), matcher, format);
        const { findings } = found;
        if (findings.kind === 'corrupt') throw new Unreadable('object-corrupt');
        if (findings.unparsable > 0 && lifetime === undefined) {
          throw new Unreadable('rows-unparsable');
        }
        if (findings.matched + findings.unparsable > 0) yield { version, found };
      }
    }
  }
}

/** What is wanted, as many together as filters are asked for at a time. */
async function* grouped(
  versions: AsyncIterable<ObjectVersion>,
  isWanted: (version: ObjectVersion) => boolean,
): AsyncGenerator<readonly ObjectVersion[]> {
  let group: ObjectVersion[] = [];
  for await (const version of versions) {
    if (!isWanted(version)) continue;
    group.push(version);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function codeOf(error: unknown): { code: string } {
  if (error instanceof Unreadable) return { code: error.code };
  if (error instanceof ObjectArchived) return { code: 'version-archived' };
  if (error instanceof VersionGone) return { code: 'changed-meanwhile' };
  throw error;
}
