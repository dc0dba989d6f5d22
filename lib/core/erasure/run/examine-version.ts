import { Buffer } from 'node:buffer';

import { ObjectArchived } from '../../ports/object-store.ts';
import { CorruptObject, type FormatName, type ObjectSource } from '../format.ts';
import { countSuspects } from '../formats.ts';
import type { Matcher } from '../matcher.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import type { RunDependencies } from './dependencies.ts';
import { findObject, forgetObject, type Found } from './object-work.ts';
import type { RunCriteria } from './run-criteria.ts';
import type { RunPlace, RunVersion } from './run.ts';

/** Matching rows held to be told apart by order; with more of them the version is read once an order. */
const ROWS_HELD = 16 << 20;

/** Of faults; all versions of an object are to be noted in one record. */
const FAULTS_NOTED = 20;

/** Reads one version and counts; writes nothing. Whatever hinders it is an answer. */
export async function examineVersion(
  { objects, filters }: Pick<RunDependencies, 'objects' | 'filters'>,
  criteria: RunCriteria,
  key: string,
  version: RunVersion,
  place: RunPlace,
): Promise<RunVersion> {
  const source = storedSource(objects, { key, ...version });
  try {
    return await criteria.use(async (matcher) => {
      if (filters !== undefined && version.isOurs !== true) {
        const answer = await filters.mayHold({ key, ...version }, matcher, place.format);
        if (answer.kind === 'absent') {
          const { format, rows, seen } = answer;
          return { ...version, status: 'read', format, rows, matched: 0, unparsable: 0, seen };
        }
      }
      const found = await findObject(source, matcher, place.format);
      const { findings } = found;
      if (findings.kind === 'corrupt') {
        return { ...version, status: 'corrupt', reason: findings.reason };
      }
      const { format, rows, matched, unparsable, seen } = findings;
      const byOrder = await countByOrder(criteria, source, matcher, found);
      const suspects = unparsable === 0 ? {} : await suspectsIn(criteria, source, matcher, format);
      const faults = version.isLatest ? findings.faults.slice(0, FAULTS_NOTED) : [];
      const counts = { rows, matched, unparsable, byOrder, seen, faults, ...suspects };
      return { ...version, status: 'read', format, ...counts };
    });
  } catch (error) {
    return { ...version, ...hindrance(error) };
  }
}

/** Why a version was not read. A message of an adapter may quote what it should not. */
function hindrance(error: unknown): Pick<RunVersion, 'status' | 'reason'> {
  if (error instanceof VersionGone) return { status: 'gone' };
  if (error instanceof ObjectArchived) return { status: 'archived', reason: error.message };
  if (error instanceof CorruptObject) return { status: 'corrupt', reason: error.reason };
  const name = error instanceof Error ? error.name : 'unknown';
  return { status: 'failed', reason: `it could not be read (${name})` };
}

/** Whose the matching rows are; a row of two orders counts for both. */
async function countByOrder(
  criteria: RunCriteria,
  source: ObjectSource,
  matcher: Matcher,
  { findings, plan }: Found,
): Promise<Record<string, number>> {
  if (findings.kind === 'corrupt' || findings.matched === 0) return {};
  const [only, ...others] = criteria.orders;
  if (only === undefined) return {};
  if (others.length === 0) return { [only.orderId]: findings.matched };
  const held = new HeldRows();
  const kept = { write: () => undefined };
  await forgetObject(source, matcher, findings.format, plan, { kept, matched: held });
  const rows = held.source() ?? source;
  const counts: Record<string, number> = {};
  await criteria.eachOrder(async (orderId, own) => {
    const { findings: ours } = await findObject(rows, own, findings.format);
    if (ours.kind === 'read' && ours.matched > 0) counts[orderId] = ours.matched;
  });
  return counts;
}

/** Whose values stand in rows that nobody can read. */
async function suspectsIn(
  criteria: RunCriteria,
  source: ObjectSource,
  matcher: Matcher,
  format: FormatName,
): Promise<Required<Pick<RunVersion, 'suspected' | 'suspectedByOrder'>>> {
  const suspected = await criteria.use((searcher) =>
    countSuspects(source, format, matcher, searcher),
  );
  const suspectedByOrder: Record<string, number> = {};
  if (suspected > 0) {
    await criteria.eachOrder(async (orderId, own) => {
      const ofOrder = await countSuspects(source, format, matcher, own);
      if (ofOrder > 0) suspectedByOrder[orderId] = ofOrder;
    });
  }
  return { suspected, suspectedByOrder };
}

/** Rows in memory, up to a bound. */
class HeldRows {
  #parts: Buffer[] | undefined = [];
  #length = 0;

  write(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > ROWS_HELD) this.#parts = undefined;
    this.#parts?.push(Buffer.from(bytes));
  }

  /** Undefined when there were too many. */
  source(): ObjectSource | undefined {
    if (this.#parts === undefined) return undefined;
    const bytes = Buffer.concat(this.#parts);
    return {
      size: bytes.length,
      chunks: async function* () {
        yield await Promise.resolve(bytes);
      },
      read: (from, to) => Promise.resolve(Buffer.from(bytes.subarray(from, to))),
    };
  }
}
