import type { ObjectVersion } from '../../ports/object-store.ts';
import type { SearchPosition } from '../../ports/archive-notes.ts';
import type { CompiledMatcher } from '../compiled-matcher.ts';
import { storedSource } from '../stored-source.ts';
import type { RunDependencies } from './dependencies.ts';
import { isSameVersion, listKeys, type ListedKey } from './key-versions.ts';
import { findObject, type Found } from './object-work.ts';
import type { RunPlace } from './run.ts';

export interface VersionSearch extends Pick<RunDependencies, 'objects' | 'random' | 'filters'> {
  readonly places: readonly RunPlace[];
  /** Whether versions that were overwritten are left out. @default they are not */
  readonly latest?: boolean;
  /** Versions last modified before are known to hold nothing (ms). @default all are read */
  readonly since?: number;
}

/** What a search comes by, in order: a version is passed once what was found in it has been told. */
export type SearchStep =
  | { readonly kind: 'found'; readonly version: ObjectVersion; readonly found: Found }
  | { readonly kind: 'passed'; readonly position: SearchPosition };

/** A filter is a small object: waiting for one after the other would take longest. */
const AT_ONCE = 32;
/** Of keys of which nothing is wanted no more are held. */
const KEYS_AT_ONCE = 1_000;

/** Something cannot be read: whether the subject is in it is not known. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: string;

  constructor(code: string) {
    super(`a part of the archive cannot be read: ${code}`);
    this.code = code;
  }
}

/**
 * Versions with rows that match or cannot be read, from a position on; whoever stops at one that was
 * passed may go on there another time. Fails closed, save where what can't be read expires anyway.
 */
export async function* searchVersions(
  search: VersionSearch,
  matcher: CompiledMatcher,
  from: SearchPosition = { place: 0 },
): AsyncGenerator<SearchStep> {
  const { objects, places, since = 0, latest = false } = search;
  // Only versions say which they are: a current object is read as the version that it is.
  const isWanted = ({ lastModified, isLatest }: ObjectVersion): boolean =>
    lastModified >= since && (isLatest || !latest);
  for (let place = from.place; place < places.length; place++) {
    const { prefix, format, lifetime } = places[place]!;
    let position: SearchPosition = place === from.place ? from : { place };
    const listed = withoutDone(listKeys(objects, prefix, position.after), position.within);
    for await (const keys of grouped(listed, isWanted)) {
      const searched = await withoutAbsent(search, matcher, format, keys);
      for (const { key, versions } of searched) {
        for (const version of versions) {
          const found = await findObject(storedSource(objects, version), matcher, format);
          if (holdsSomething(found, lifetime)) yield { kind: 'found', version, found };
          const { versionId, etag } = version;
          position = { ...position, within: { key, versionId, etag } };
          if (version !== versions.at(-1)) yield { kind: 'passed', position };
        }
        position = { place, after: key };
        yield { kind: 'passed', position };
      }
    }
  }
}

/** Leaves out what is done of the first key. If the version that was noted is gone, all of it is read. */
async function* withoutDone(
  keys: AsyncIterable<ListedKey>,
  done: SearchPosition['within'],
): AsyncGenerator<ListedKey> {
  for await (const { key, versions } of keys) {
    const known = key === done?.key ? versions.findIndex((each) => isSameVersion(each, done)) : -1;
    yield { key, versions: versions.slice(known + 1) };
  }
}

/** Keys with the versions that filters do not rule out. */
async function withoutAbsent(
  { filters }: VersionSearch,
  matcher: CompiledMatcher,
  format: RunPlace['format'],
  keys: readonly ListedKey[],
): Promise<readonly ListedKey[]> {
  if (filters === undefined) return keys;
  return Promise.all(
    keys.map(async ({ key, versions }) => {
      const kept: ObjectVersion[] = [];
      for (let at = 0; at < versions.length; at += AT_ONCE) {
        const some = versions.slice(at, at + AT_ONCE);
        const answers = await Promise.all(
          some.map((version) => filters.mayHold(version, matcher, format)),
        );
        kept.push(...some.filter((_, index) => answers[index]!.kind !== 'absent'));
      }
      return { key, versions: kept };
    }),
  );
}

function holdsSomething({ findings }: Found, lifetime: number | undefined): boolean {
  if (findings.kind === 'corrupt') throw new Unreadable('object-corrupt');
  if (findings.unparsable > 0 && lifetime === undefined) throw new Unreadable('rows-unparsable');
  return findings.matched + findings.unparsable > 0;
}

/** Keys, with what is wanted of them: as many versions together as filters are asked for at a time. */
async function* grouped(
  keys: AsyncIterable<ListedKey>,
  isWanted: (version: ObjectVersion) => boolean,
): AsyncGenerator<readonly ListedKey[]> {
  let group: ListedKey[] = [];
  let wanted = 0;
  for await (const { key, versions } of keys) {
    const some = versions.filter(isWanted);
    group.push({ key, versions: some });
    wanted += some.length;
    if (wanted < AT_ONCE && group.length < KEYS_AT_ONCE) continue;
    yield group;
    group = [];
    wanted = 0;
  }
  if (group.length > 0) yield group;
}
