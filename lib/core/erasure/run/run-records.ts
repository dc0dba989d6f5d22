import type { RunDependencies } from './dependencies.ts';
import type { RunObject } from './run.ts';

/** Batches that are read ahead: a read takes longer on its way than what it brings takes to weigh. */
const AHEAD = 4;

/** Every record of a run's first batches, in the order of the batches. */
export async function* recordsOf(
  { runs }: Pick<RunDependencies, 'runs'>,
  runId: string,
  batches: number,
): AsyncGenerator<RunObject> {
  const read = async (batch: number): Promise<RunObject[]> => {
    const records: RunObject[] = [];
    for await (const record of runs.objects(runId, batch)) records.push(record);
    return records;
  };
  const coming: Promise<RunObject[]>[] = [];
  for (let batch = 0; batch < batches || coming.length > 0; batch++) {
    if (batch < batches) {
      const next = read(batch);
      // Whoever comes to it is told; until then it must not end the process.
      next.catch(() => undefined);
      coming.push(next);
      if (coming.length < AHEAD && batch + 1 < batches) continue;
    }
    yield* await coming.shift()!;
  }
}
