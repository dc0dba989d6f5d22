import { Buffer } from 'node:buffer';

import { ObjectArchived, type ObjectVersion } from '../../ports/object-store.ts';
import type { LookUpReply, ServiceReply } from '../../ports/services.ts';
import { CompiledMatcher } from '../compiled-matcher.ts';
import { countSuspects } from '../formats.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import type { RunDependencies } from './dependencies.ts';
import { findObject, forgetObject, type Found } from './object-work.ts';
import type { RunPlace } from './run.ts';
import { compileCriteria } from './subject-criteria.ts';

interface Search extends Pick<RunDependencies, 'objects' | 'random' | 'filters'> {
  readonly places: readonly RunPlace[];
  /** Versions last modified before are known to hold nothing (ms). @default all are read */
  readonly since?: number;
  /** Whether it takes too long. @default it may take as long as it does */
  readonly isOver?: () => boolean;
}

/** A filter is a small object: waiting for one after the other would take longest. */
const AT_ONCE = 32;

const OUT_OF_TIME = 'out-of-time';

/** Something cannot be read: whether the subject is in it is not known. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: string;

  constructor(code: string) {
    super(`a part of the archive cannot be read: ${code}`);
    this.code = code;
  }
}

/** The subject's rows in current objects, as records. */
export async function gatherRows(search: Search, lines: readonly string[]): Promise<ServiceReply> {
  const matcher = new CompiledMatcher(compileCriteria(lines, search.random));
  const records: Record<string, unknown>[] = [];
  try {
    for await (const { version, found } of searchVersions(search, matcher)) {
      const { findings, plan } = found;
      if (!version.isLatest || findings.kind !== 'read' || findings.format !== 'jsonl') continue;
      if (findings.matched === 0) continue;
      const rows: Buffer[] = [];
      await forgetObject(storedSource(search.objects, version), matcher, 'jsonl', plan, {
        kept: { write: () => undefined },
        matched: { write: (bytes) => void rows.push(Buffer.from(bytes)) },
      });
      for (const line of Buffer.concat(rows).toString('utf8').split('\n')) {
        if (line.trim() !== '') records.push(JSON.parse(line) as Record<string, unknown>);
      }
    }
  } catch (error) {
    // A call that started its function has less time than the next one.
    const isLate = error instanceof Unreadable && error.code === OUT_OF_TIME;
    return {
      kind: 'failed',
      ...codeOf(error),
      retryable: isLate || error instanceof VersionGone,
    };
  }
  if (records.length === 0) return { kind: 'no-data' };
  return { kind: 'done', affected: records.length, data: { kind: 'inline', records } };
}

/** How many rows of the subject are left, in any version. */
export async function lookUpRows(search: Search, lines: readonly string[]): Promise<LookUpReply> {
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
  { objects, filters, places, since = 0, isOver }: Search,
  matcher: CompiledMatcher,
): AsyncGenerator<{ version: ObjectVersion; found: Found }> {
  for (const { prefix, format, lifetime } of places) {
    for await (const group of grouped(objects.listVersions(prefix), since)) {
      const answers = await Promise.all(
        group.map(async (version) => filters?.mayHold(version, matcher, format)),
      );
      for (const [at, version] of group.entries()) {
        if (isOver?.() === true) throw new Unreadable(OUT_OF_TIME);
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

/** What is there, since then, as many together as filters are asked for at a time. */
async function* grouped(
  versions: AsyncIterable<ObjectVersion>,
  since: number,
): AsyncGenerator<readonly ObjectVersion[]> {
  let group: ObjectVersion[] = [];
  for await (const version of versions) {
    if (version.isDeleteMarker || version.lastModified < since) continue;
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
