import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import { outputName } from '../../../lib/core/erasure/run/row-output.ts';
import { loadRun } from '../../../lib/core/erasure/run/saved-run.ts';
import { storedSource, VersionGone } from '../../../lib/core/erasure/stored-source.ts';
import { countResidue } from '../../../lib/core/erasure/text/residue.ts';

/** Kept lines that hold a subject's value somewhere, by object: in what is current, or was written. */
export async function residueByObject(
  deps: RunDependencies,
  runId: string,
  criteria: CompiledCriteria,
): Promise<ReadonlyMap<string, number>> {
  const run = await loadRun(deps, runId);
  const matcher = new CompiledMatcher(criteria);
  const lines = new Map<string, number>();
  for (let batch = 0; batch < run.batches; batch++) {
    for await (const record of deps.runs.objects(runId, batch)) {
      const latest = record.versions.find(({ isLatest }) => isLatest);
      if (latest?.status !== 'read' || latest.format === 'parquet') continue;
      if (record.failure !== undefined) continue;
      try {
        const source =
          deps.kept === undefined
            ? await currentSource(deps, record.key)
            : await deps.kept.open(outputName(run.places[record.place]!, record));
        lines.set(record.key, await countResidue(source, matcher));
      } catch (error) {
        // Deleted since: then nothing of it is kept.
        if (!(error instanceof VersionGone)) throw error;
      }
    }
  }
  return lines;
}

async function currentSource({ objects }: RunDependencies, key: string) {
  const stored = await objects.get(key, { range: [0, 1] });
  if (stored === undefined) throw new VersionGone();
  for await (const part of stored.body) if (part.length > 0) break;
  return storedSource(objects, stored);
}
