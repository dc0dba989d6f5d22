import type { FormatName } from '../format.ts';
import type { RunDependencies } from './dependencies.ts';
import { examineVersion } from './examine-version.ts';
import { isDirty, isSameVersion, versionsOf, withListing } from './key-versions.ts';
import { rewriteObject } from './rewrite-object.ts';
import type { RunCriteria } from './run-criteria.ts';
import type { Run, RunObject, RunVersion } from './run.ts';

/** How often an object is begun anew that others keep writing. */
const MOST_REWRITES = 5;

/** What the steps on one object share. */
export interface ObjectContext {
  readonly deps: RunDependencies;
  readonly criteria: RunCriteria;
  readonly run: Run;
}

/** Reads every version that is not read yet. */
export async function findInObject(
  { deps, criteria, run }: ObjectContext,
  record: RunObject,
): Promise<RunObject> {
  const place = run.places[record.place]!;
  const versions: RunVersion[] = [];
  for (const version of record.versions) {
    const known = version.status !== 'listed' && version.status !== 'failed';
    versions.push(
      known ? version : await examineVersion(deps, criteria, record.key, version, place),
    );
  }
  return { ...record, versions, state: 'found' };
}

/** Takes the rows out of the current version; older ones are left to {@link purgeObject}. */
export async function forgetInObject(
  context: ObjectContext,
  record: RunObject,
): Promise<RunObject> {
  const { deps, criteria, run } = context;
  if (!record.versions.some(isDirty)) return record;
  let current = await relist(context, record);
  for (let attempt = 0; attempt < MOST_REWRITES; attempt++) {
    const latest = current.versions.find(({ isLatest }) => isLatest);
    if (latest === undefined || !isDirty(latest) || latest.format === undefined) break;
    const dirty: RunVersion & { format: FormatName } = { ...latest, format: latest.format };
    const before = current;
    const outcome = await criteria.use((matcher) =>
      rewriteObject(deps, run, matcher, before, dirty),
    );
    if (outcome.kind === 'stored') return outcome.record;
    const known = (await deps.runs.object(run.runId, record.key)) ?? current;
    // The intent came to nothing: who undoes finds that its hash is of no content.
    current = await relist(context, { ...current, rewritings: known.rewritings });
  }
  return current;
}

/** Takes away for good what older versions hold. A version that cannot be read stays, and is named. */
export async function purgeObject(context: ObjectContext, record: RunObject): Promise<RunObject> {
  const { objects } = context.deps;
  if (!record.versions.some(isDirty)) return { ...record, state: 'clean' };
  const current = await relist(context, record);
  const versions: RunVersion[] = [];
  for (const version of current.versions) {
    if (version.isLatest || !isDirty(version)) {
      versions.push(version);
      continue;
    }
    const outcome = await objects.deleteVersion(current.key, version.versionId);
    if (outcome.kind === 'locked') {
      const { until } = outcome;
      const lock = { fate: 'locked' as const, ...(until !== undefined && { lockedUntil: until }) };
      versions.push({ ...version, ...lock });
    } else versions.push({ ...version, status: 'gone', fate: 'purged' });
  }
  // It tells something of who is gone; stale, it serves nobody.
  if (current.rewritings.length > 0) await context.deps.forgetFilter?.(current.key);
  return { ...current, versions, state: 'clean' };
}

/**
 * Looks again at what a changed object holds by now: what the run wrote is read once more, what it
 * took away must be gone. Objects that never matched were read wholly, and versions do not change.
 */
export async function verifyObject(context: ObjectContext, record: RunObject): Promise<RunObject> {
  const { deps, criteria, run } = context;
  const wasChanged =
    record.rewritings.length > 0 || record.versions.some(({ matched }) => matched > 0);
  if (!wasChanged) return { ...record, residue: 0 };
  const place = run.places[record.place]!;
  const listed = await versionsOf(deps.objects, record.key);
  const current = withListing(record, listed);
  let residue = 0;
  const versions: RunVersion[] = [];
  for (const version of current.versions) {
    const isThere = listed.some((each) => isSameVersion(each, version));
    const isDoubtful = version.isOurs === true || version.status !== 'read';
    const seen =
      isThere && isDoubtful
        ? await examineVersion(deps, criteria, record.key, version, place)
        : version;
    versions.push(seen);
    // What a lock keeps is told as such.
    if (isThere && isDirty(seen) && seen.fate !== 'locked') residue += seen.matched;
  }
  return { ...current, versions, residue };
}

async function relist(context: ObjectContext, record: RunObject): Promise<RunObject> {
  const listed = await versionsOf(context.deps.objects, record.key);
  return findInObject(context, withListing(record, listed));
}
