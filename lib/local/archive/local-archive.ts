import type { ArchiveStore, DataMap } from '../../core/data-map/schema.ts';
import { archiveServices } from '../../core/erasure/run/archive-services.ts';
import type { RunDependencies } from '../../core/erasure/run/dependencies.ts';
import { expireObjects } from '../../core/erasure/run/expire-objects.ts';
import type { RunPlace } from '../../core/erasure/run/run.ts';
import { serveOrders } from '../../core/erasure/run/serve-orders.ts';
import type { Services } from '../../core/ports/services.ts';
import { Doorbell } from '../requests/doorbell.ts';
import { repeatLoop, type LoopOptions } from '../requests/repeat-loop.ts';
import { runTogether } from '../requests/run-together.ts';
import type { Tables } from '../tables/open-tables.ts';
import { lmdbErasureOrders } from './lmdb-erasure-orders.ts';
import { lmdbRunStore } from './lmdb-run-store.ts';

export interface LocalArchiveOptions extends Omit<RunDependencies, 'runs'> {
  readonly tables: Tables;
  readonly dataMap: DataMap;
  /** Where records lie that could not be transformed, and how long, ms. */
  readonly failures: { readonly prefix: string; readonly lifetime: number };
  /** How long events may still be on their way that no filter has seen an erasure for, ms. */
  readonly drain: number;
  /** Told of faults that were outlived, by the error's class. */
  readonly onFault: (loop: string, errorName: string) => void;
}

/** The archives of this machine, and the worker of their runs. */
export interface LocalArchive {
  /** By store of the data map. */
  readonly services: ReadonlyMap<string, Services>;
  /** Serves orders until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** How often orders are looked for, and asked about, ms; a new one wakes the worker at once. */
const LOOK = 250;
const HOUR = 60 * 60 * 1_000;

export function openLocalArchive(options: LocalArchiveOptions): LocalArchive {
  const { tables, dataMap, failures, drain, clock, objects, onFault } = options;
  const deps = { ...options, runs: lmdbRunStore(tables), orders: lmdbErasureOrders(tables) };
  const services = new Map<string, Services>();
  const loops: LoopOptions[] = [];
  for (const [store, archive] of archivesOf(dataMap)) {
    const places = placesOf(archive, failures);
    const bell = new Doorbell();
    const onOrder = (): void => bell.ring();
    services.set(
      store,
      archiveServices({ ...deps, store, archive, places, pollEvery: LOOK, onOrder }),
    );
    // An administrator has approved what one request erases; a small archive may be one person's.
    const settings = { places, maximumProportion: 1, drain, undoWindow: 0 };
    let askAt = 0;
    const work = async (): Promise<boolean> => {
      if (clock.now() < askAt) return false;
      askAt = (await serveOrders(deps, { store, settings })) ?? 0;
      return askAt !== 0 && askAt <= clock.now();
    };
    const onWorkFault = (errorName: string): void => onFault(`archive ${store}`, errorName);
    loops.push({ bell, every: LOOK, work, onFault: onWorkFault });
  }
  loops.push({
    ...{ bell: new Doorbell(), every: HOUR },
    work: async () =>
      (await expireObjects({ objects, clock }, failures.prefix, failures.lifetime)) > 0,
    onFault: (errorName) => onFault('failed records', errorName),
  });
  return {
    services,
    run: (signal) =>
      runTogether(
        loops.map((loop) => (until) => repeatLoop(loop, until)),
        signal,
      ),
  };
}

function archivesOf(dataMap: DataMap): readonly (readonly [string, ArchiveStore])[] {
  return Object.entries(dataMap.stores).flatMap(([name, store]) =>
    store.kind === 'archive' ? [[name, store] as const] : [],
  );
}

/** The archive itself, and the records that failed on their way to it. */
function placesOf(
  { prefix, format }: ArchiveStore,
  failures: LocalArchiveOptions['failures'],
): readonly RunPlace[] {
  return [
    { prefix, format },
    { prefix: failures.prefix, format: 'firehose-failures', lifetime: failures.lifetime },
  ];
}
