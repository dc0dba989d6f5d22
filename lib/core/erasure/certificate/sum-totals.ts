import type { Run, RunObject, RunState, RunTotals, RunVersion } from '../run/run.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Dates = 'lockedUntil' | 'expireAt' | 'suspectedUntil';

/** Adds up what a run did, object by object. */
export class TotalsSum {
  readonly #run: Run;
  readonly #totals: Mutable<Omit<RunTotals, Dates>> = {
    ...{ objects: 0, rows: 0, matched: 0, unparsable: 0, rewritten: 0, purged: 0, locked: 0 },
    ...{ archived: 0, corrupt: 0, failed: 0, expiring: 0, suspected: 0, residue: 0 },
    ...{ byOrder: {}, suspectedByOrder: {} },
  };
  #lockedUntil: number | undefined;
  #expireAt: number | undefined;
  /** Undefined: none yet; `never`: one of them stays. */
  #suspectedUntil: number | 'never' | undefined;
  readonly #byOrder = new Map<string, number>();
  readonly #suspectedByOrder = new Map<string, number>();

  constructor(run: Run) {
    this.#run = run;
  }

  add({ versions, place, rewritings, failure, residue = 0 }: RunObject): void {
    const totals = this.#totals;
    const lifetime = this.#run.places[place]?.lifetime;
    totals.objects++;
    totals.residue += residue;
    if (rewritings.length > 0) totals.rewritten++;
    if (failure !== undefined) totals.failed++;
    const most = new Map<string, number>();
    for (const version of versions) {
      if (version.fate === 'purged') totals.purged++;
      for (const [order, rows] of Object.entries(version.byOrder ?? {})) {
        most.set(order, Math.max(most.get(order) ?? 0, rows));
      }
      if (version.status === 'archived') totals.archived++;
      if (version.status === 'corrupt') totals.corrupt++;
      if (version.status === 'failed' || version.status === 'listed') totals.failed++;
      if (version.isOurs !== true) {
        totals.rows += version.rows;
        totals.matched += version.matched;
      }
      if (version.status !== 'read') continue;
      if (version.fate === 'locked') {
        totals.locked++;
        this.#lockedUntil = later(this.#lockedUntil, version.lockedUntil);
      }
      if (version.unparsable === 0) continue;
      const expireAt = lifetime === undefined ? undefined : version.lastModified + lifetime;
      this.#addSuspects(version, expireAt);
      if (expireAt === undefined) totals.unparsable += version.unparsable;
      else {
        totals.expiring += version.unparsable;
        this.#expireAt = later(this.#expireAt, expireAt);
      }
    }
    for (const [order, rows] of most) addTo(this.#byOrder, order, rows);
  }

  #addSuspects(
    { suspected = 0, suspectedByOrder = {} }: RunVersion,
    expireAt: number | undefined,
  ): void {
    if (suspected === 0) return;
    this.#totals.suspected += suspected;
    for (const [order, rows] of Object.entries(suspectedByOrder)) {
      addTo(this.#suspectedByOrder, order, rows);
    }
    if (expireAt === undefined || this.#suspectedUntil === 'never') this.#suspectedUntil = 'never';
    else this.#suspectedUntil = later(this.#suspectedUntil, expireAt);
  }

  totals(): RunTotals {
    const [lockedUntil, expireAt] = [this.#lockedUntil, this.#expireAt];
    const suspectedUntil = this.#suspectedUntil;
    return {
      ...this.#totals,
      ...(lockedUntil !== undefined && { lockedUntil }),
      ...(expireAt !== undefined && { expireAt }),
      ...(typeof suspectedUntil === 'number' && { suspectedUntil }),
      byOrder: Object.fromEntries(this.#byOrder),
      suspectedByOrder: Object.fromEntries(this.#suspectedByOrder),
    };
  }
}

/** Fails closed: whatever could not be read or taken away leaves a run incomplete. */
export function outcomeOf(
  totals: Omit<RunTotals, 'byOrder' | 'suspectedByOrder'>,
): Extract<RunState, 'done' | 'incomplete'> {
  const { residue, unparsable, locked, archived, corrupt, failed } = totals;
  return residue + unparsable + locked + archived + corrupt + failed === 0 ? 'done' : 'incomplete';
}

function addTo(sums: Map<string, number>, name: string, rows: number): void {
  sums.set(name, (sums.get(name) ?? 0) + rows);
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
