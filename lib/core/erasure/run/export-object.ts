import type { ObjectAttributes } from '../../ports/object-store.ts';
import type { FormatName, ObjectSource } from '../format.ts';
import type { Matcher } from '../matcher.ts';
import { storedSource, VersionGone } from '../stored-source.ts';
import { abandonAll, FedPut } from './fed-put.ts';
import { findObject, forgetObject } from './object-work.ts';
import type { ObjectContext } from './object-steps.ts';
import { attributesOf } from './rewrite-object.ts';
import { outputName, type RowOutput } from './row-output.ts';
import type { RunObject } from './run.ts';

/** The object is not what it was when it was searched; nothing of it is written. */
class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/** A run was to write rows, and was told of no place for them. */
class OutputMissing extends Error {
  override readonly name = 'OutputMissing';
}

/** Writes an object without the matching rows to the output, and searches there what it wrote. */
export async function exportObject(
  { deps, criteria, run }: ObjectContext,
  record: RunObject,
): Promise<RunObject> {
  const latest = record.versions.find(({ isLatest }) => isLatest);
  // What could not be read is named, and copied nowhere.
  if (latest?.status !== 'read' || latest.format === undefined) return record;
  const { format, matched } = latest;
  const { kept, removed } = deps;
  if (kept === undefined) throw new OutputMissing('there is no place for kept rows');
  const attributes = await attributesOf(deps, record.key, latest);
  if (attributes === undefined) throw new VersionGone();
  const name = outputName(run.places[record.place]!, record);
  const source = storedSource(deps.objects, { key: record.key, ...latest });
  if (matched === 0) {
    await kept.put(name, source.chunks(), attributes);
    return { ...record, state: 'clean', residue: 0 };
  }
  return criteria.use(async (matcher) => {
    const outputs = { kept, removed, name, attributes };
    const gone = await writeRows(source, matcher, format, outputs);
    if (gone !== matched) throw new ChangedMeanwhile('another number of rows matches by now');
    const { findings } = await findObject(await kept.open(name), matcher, format);
    const residue = findings.kind === 'read' ? findings.matched : matched;
    return { ...record, state: 'clean', residue };
  });
}

interface Outputs {
  readonly kept: RowOutput;
  readonly removed: RowOutput | undefined;
  readonly name: string;
  readonly attributes: ObjectAttributes;
}

/** Answers how many rows were left out. */
async function writeRows(
  source: ObjectSource,
  matcher: Matcher,
  format: FormatName,
  { kept, removed, name, attributes }: Outputs,
): Promise<number> {
  const whole = new FedPut((body) => kept.put(name, body, attributes));
  const taken = removed && new FedPut((body) => removed.put(name, body, attributes));
  const streams = { kept: whole.body, ...(taken !== undefined && { matched: taken.body }) };
  try {
    const findings = await forgetObject(source, matcher, format, undefined, streams);
    if (findings.kind === 'corrupt') throw new ChangedMeanwhile(findings.reason);
    await taken?.close();
    await whole.close();
    return findings.matched;
  } catch (error) {
    const cause = new ChangedMeanwhile('nothing is to be stored', { cause: error });
    await abandonAll(cause, [whole, taken]);
    throw error;
  }
}
