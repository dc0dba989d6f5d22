import type { Findings, ForgetOutputs, ObjectFormat, ObjectSource } from '../format.ts';
import type { Matcher } from '../matcher.ts';
import { ParquetFault } from './fault.ts';
import { rewriteFile } from './rewrite/file-rewriter.ts';
import { readFooter, type Footer } from './footer.ts';
import { RowFinder } from './find/row-finder.ts';
import { RowSelection } from './rewrite/selection.ts';

export interface ParquetPlan {
  /** Per row group the rows that match, ascending; absent where there are none. */
  readonly groups: ReadonlyMap<number, Int32Array>;
  /** What `find` answered. */
  readonly found: Omit<Found, 'plan'>;
}

/**
 * Parquet at rest. Erasing is surgery: row groups without a match, and pages without a removed row,
 * are copied as bytes. An object that is not sound, or that uses what is not known here, is answered
 * as corrupt and is to be left as it is; what `forget` wrote until then is to be thrown away.
 */
export const parquetFormat: ObjectFormat<ParquetPlan> = {
  name: 'parquet',
  undo: 'whole',
  find: (source, matcher) => guard(async () => search(source, await readFooter(source), matcher)),
  forget: (source, matcher, plan, outputs) => guard(() => forget(source, matcher, plan, outputs)),
};

type Found = Extract<Findings<ParquetPlan>, { kind: 'read' }>;

async function search(source: ObjectSource, footer: Footer, matcher: Matcher): Promise<Found> {
  const finder = new RowFinder(source, footer, matcher);
  const groups = new Map<number, Int32Array>();
  let matched = 0;
  for (const [at, group] of footer.groups.entries()) {
    const rows = await finder.find(group);
    if (rows.length > 0) groups.set(at, rows);
    matched += rows.length;
  }
  const { rows } = footer;
  const { seen } = finder;
  const found = { kind: 'read' as const, rows, matched, unparsable: 0, faults: [], seen };
  return { ...found, plan: { groups, found } };
}

async function forget(
  source: ObjectSource,
  matcher: Matcher,
  known: ParquetPlan | undefined,
  outputs: ForgetOutputs,
): Promise<Found> {
  const footer = await readFooter(source);
  const plan = known ?? (await search(source, footer, matcher)).plan!;
  const { groups } = plan;
  if (groups.size === 0) {
    for await (const chunk of source.chunks()) await outputs.kept.write(chunk);
    return { ...plan.found, plan };
  }
  const kept = (group: number): RowSelection | undefined => {
    const rows = groups.get(group);
    return rows && RowSelection.without(rows);
  };
  await rewriteFile(source, footer, kept, outputs.kept);
  if (outputs.matched !== undefined) {
    const matching = (group: number): RowSelection =>
      RowSelection.only(groups.get(group) ?? new Int32Array(0));
    await rewriteFile(source, footer, matching, outputs.matched);
  }
  return { ...plan.found, plan };
}

async function guard(work: () => Promise<Found>): Promise<Findings<ParquetPlan>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ParquetFault)) throw error;
    const { message: reason, offset } = error;
    return offset === undefined ? { kind: 'corrupt', reason } : { kind: 'corrupt', reason, offset };
  }
}
