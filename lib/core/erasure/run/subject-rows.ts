import { Buffer } from 'node:buffer';

import type { LookProgress, SearchPosition } from '../../ports/archive-notes.ts';
import { ObjectArchived } from '../../ports/object-store.ts';
import type { LookUpReply, ServiceReply } from '../../ports/services.ts';
import { CompiledMatcher } from '../compiled-matcher.ts';
import type { ByteSink } from '../format.ts';
import { countSuspects } from '../formats.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import { forgetObject } from './object-work.ts';
import { searchVersions, Unreadable, type VersionSearch } from './search-versions.ts';
import { compileCriteria } from './subject-criteria.ts';

const NEWLINE = Buffer.from('\n');

/** Told how far a search has come; answers whether it stops there. */
type Passed<Progress> = (progress: Progress) => Promise<boolean> | boolean;

/** Where a part of a search begins, and who may end it. */
export interface SearchPart<Progress> {
  readonly from: Progress;
  readonly passed: Passed<Progress>;
}

export type GatherOutcome =
  | { readonly kind: 'done'; readonly affected: number }
  /** Stopped where it was told to: so many rows were written until then. */
  | { readonly kind: 'stopped'; readonly affected: number; readonly position: SearchPosition }
  | Extract<ServiceReply, { kind: 'failed' }>;

export const BEGINNING: SearchPosition = { place: 0 };
export const NOTHING_SEEN: LookProgress = { position: BEGINNING, erasable: 0, suspected: 0 };

/** The subject's rows in current objects, as records: for an archive that is small. */
export async function gatherRows(
  search: VersionSearch,
  lines: readonly string[],
): Promise<ServiceReply> {
  const rows: Buffer[] = [];
  const sink = { write: (bytes: Uint8Array) => void rows.push(Buffer.from(bytes)) };
  const outcome = await gatherInto(search, lines, sink, { from: BEGINNING, passed: () => false });
  if (outcome.kind === 'failed') return outcome;
  const records: Record<string, unknown>[] = [];
  for (const line of Buffer.concat(rows).toString('utf8').split('\n')) {
    if (line.trim() !== '') records.push(JSON.parse(line) as Record<string, unknown>);
  }
  const { affected } = outcome;
  return affected === 0
    ? { kind: 'no-data' }
    : { kind: 'done', affected, data: { kind: 'inline', records } };
}

/** Writes the subject's rows in current objects, one JSON object a line; says how many there are. */
export async function gatherInto(
  search: VersionSearch,
  lines: readonly string[],
  sink: ByteSink,
  { from, passed }: SearchPart<SearchPosition>,
): Promise<GatherOutcome> {
  const matcher = new CompiledMatcher(compileCriteria(lines, search.random));
  let affected = 0;
  try {
    for await (const step of searchVersions({ ...search, latest: true }, matcher, from)) {
      if (step.kind === 'passed') {
        const { position } = step;
        if (await passed(position)) return { kind: 'stopped', affected, position };
        continue;
      }
      const { findings, plan } = step.found;
      if (findings.kind !== 'read' || findings.format !== 'jsonl') continue;
      if (findings.matched === 0) continue;
      affected += findings.matched;
      await forgetObject(storedSource(search.objects, step.version), matcher, 'jsonl', plan, {
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
  return { kind: 'done', affected };
}

/** How many rows of the subject are left, in any version. */
export async function lookUpRows(
  search: VersionSearch,
  lines: readonly string[],
): Promise<LookUpReply> {
  return (await lookOn(search, lines, { from: NOTHING_SEEN, passed: () => false }))!;
}

/** Looks on from where an earlier look has come to. Undefined when it is stopped before the end. */
export async function lookOn(
  search: VersionSearch,
  lines: readonly string[],
  { from, passed }: SearchPart<LookProgress>,
): Promise<LookUpReply | undefined> {
  const criteria = compileCriteria(lines, search.random);
  const [matcher, searcher] = [new CompiledMatcher(criteria), new CompiledMatcher(criteria)];
  let { erasable, suspected } = from;
  try {
    for await (const step of searchVersions(search, matcher, from.position)) {
      if (step.kind === 'passed') {
        if (await passed({ position: step.position, erasable, suspected })) return undefined;
        continue;
      }
      const { findings } = step.found;
      if (findings.kind !== 'read') continue;
      erasable += findings.matched;
      if (findings.unparsable === 0) continue;
      const source = storedSource(search.objects, step.version);
      suspected += await countSuspects(source, findings.format, matcher, searcher);
    }
  } catch (error) {
    return { kind: 'failed', ...codeOf(error) };
  }
  // Rows that nobody can read cannot be erased; they are destroyed with their object.
  return erasable + suspected === 0 ? { kind: 'absent' } : { kind: 'present', erasable };
}

function codeOf(error: unknown): { code: string } {
  if (error instanceof Unreadable) return { code: error.code };
  if (error instanceof ObjectArchived) return { code: 'version-archived' };
  if (error instanceof VersionGone) return { code: 'changed-meanwhile' };
  throw error;
}
