import type { RunDependencies } from './dependencies.ts';
import { listKeys, type ListedKey } from './key-versions.ts';
import type { Run, RunListing } from './run.ts';
import { updateRun } from './saved-run.ts';

/** Keys in a batch: one worker's share, a minute or so of work. */
const BATCH = 100;
/** Keys, and versions of them, that are written down at once. */
const KEYS_AT_ONCE = 1_000;
const VERSIONS_AT_ONCE = 10_000;

/** Some keys of one place, in order. */
export interface ListedKeys {
  readonly place: number;
  readonly keys: readonly ListedKey[];
}

/**
 * Lists all places of a run, many keys at a time, and saves with the run how far that has got, so that
 * another call goes on there. `take` is asked again for keys that it had when the process died.
 * Answers undefined when the time (ms since the epoch) is over and there may be more; it always gets
 * on by some keys.
 */
export async function listArchive(
  deps: Pick<RunDependencies, 'objects' | 'runs' | 'clock'>,
  run: Run,
  until: number,
  take: (listed: ListedKeys, shares: Shares) => Promise<void>,
): Promise<Shares | undefined> {
  const from = run.listing ?? { place: 0, batch: run.batches, held: 0 };
  const shares = new Shares(from);
  for await (const listed of listPlaces(deps, run, from)) {
    await take(listed, shares);
    const listing = { place: listed.place, after: listed.keys.at(-1)!.key, ...shares.dealt };
    await updateRun(deps, run.runId, (now) => ({ ...now, listing }));
    if (deps.clock.now() >= until) return undefined;
  }
  return shares;
}

async function* listPlaces(
  { objects }: Pick<RunDependencies, 'objects'>,
  { places }: Run,
  from: RunListing,
): AsyncGenerator<ListedKeys> {
  for (let place = from.place; place < places.length; place++) {
    let keys: ListedKey[] = [];
    let versions = 0;
    const after = place === from.place ? from.after : undefined;
    for await (const listed of listKeys(objects, places[place]!.prefix, after)) {
      keys.push(listed);
      versions += listed.versions.length;
      if (keys.length < KEYS_AT_ONCE && versions < VERSIONS_AT_ONCE) continue;
      yield { place, keys };
      keys = [];
      versions = 0;
    }
    if (keys.length > 0) yield { place, keys };
  }
}

/** Deals objects out to batches. */
export class Shares {
  #batch: number;
  #held: number;

  constructor({ batch, held }: Pick<RunListing, 'batch' | 'held'>) {
    this.#batch = batch;
    this.#held = held;
  }

  next(): number {
    if (this.#held >= BATCH) {
      this.#batch += 1;
      this.#held = 0;
    }
    this.#held += 1;
    return this.#batch;
  }

  /** An object is in a batch that somebody dealt who died: it counts, and gets no more. */
  sees(batch: number): void {
    if (batch < this.#batch) return;
    this.#batch = batch;
    this.#held = BATCH;
  }

  get dealt(): Pick<RunListing, 'batch' | 'held'> {
    return { batch: this.#batch, held: this.#held };
  }

  /** Batches by now, earlier ones included. */
  get count(): number {
    return this.#held === 0 ? this.#batch : this.#batch + 1;
  }
}
