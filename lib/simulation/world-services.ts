import type { LookUpReply, ServiceCall, ServiceReply, Services } from '../core/ports/services.ts';
import type { Identity } from '../core/requests/model/request.ts';
import type { FaultCounts, FaultRates } from './faults.ts';
import { CANARY, personOf } from './people.ts';
import type { SeededRandom } from './seeded-random.ts';
import { WORLD_MAP } from './world-map.ts';

/** A store that sometimes answers by itself that the law makes it keep the data. */
const EXEMPT_BY_ITSELF = 'orders';

/**
 * The stores, and the truth about them: what was really done, whatever anybody was told. They keep
 * the service protocol: a key done is not done again, an older attempt is fenced off.
 */
export class WorldServices implements Services {
  readonly #random: SeededRandom;
  readonly #rates: FaultRates;
  readonly #counts: FaultCounts;
  /** `person/store` of everybody whose data is gone. */
  readonly #erased = new Set<string>();
  readonly #fences = new Map<string, number>();
  readonly #replies = new Map<string, ServiceReply>();
  readonly #poisoned = new Map<string, boolean>();
  /** `dsrId/store` of everything that was truly done or truly not needed. */
  readonly #truth = new Set<string>();
  readonly #exempt = new Set<string>();
  /** Sends a change event on its way. */
  onChange: ((event: Readonly<Record<string, unknown>>) => void) | undefined;
  /** The services' clock. */
  now: () => number = () => 0;

  constructor(random: SeededRandom, rates: FaultRates, counts: FaultCounts) {
    this.#random = random;
    this.#rates = rates;
    this.#counts = counts;
  }

  call(call: ServiceCall): Promise<ServiceReply> {
    return Promise.resolve(this.#answer(call));
  }

  lookUp(store: string, identities: readonly Identity[]): Promise<LookUpReply> {
    if (this.#random.chance(this.#rates.transient)) {
      this.#counts.transient++;
      return Promise.resolve({ kind: 'failed', code: 'unavailable' });
    }
    const person = personIn(identities);
    if (person === undefined || !this.#holds(person, store)) {
      return Promise.resolve({ kind: 'absent' });
    }
    const erasable = this.#exempt.has(`${person}/${store}`) ? 0 : 1;
    return Promise.resolve({ kind: 'present', erasable });
  }

  /** Whether a store has truly done what a request asked of it. */
  hasDone(dsrId: string, store: string): boolean {
    return this.#truth.has(`${dsrId}/${store}`);
  }

  /** Whether a store truly holds erasable data of a person. */
  holdsErasable(person: number, store: string): boolean {
    return this.#holds(person, store) && !this.#exempt.has(`${person}/${store}`);
  }

  /** A person has mended whatever made a request's tasks impossible. */
  mend(dsrId: string): void {
    for (const key of this.#poisoned.keys()) {
      if (key.startsWith(`${dsrId}/`)) this.#poisoned.set(key, false);
    }
  }

  #answer(call: ServiceCall): ServiceReply {
    const { dsrId, store, attempt } = call;
    const key = `${dsrId}/${call.taskId}/${call.operation}`;
    if ((this.#fences.get(key) ?? 0) > attempt) return { kind: 'fenced' };
    this.#fences.set(key, attempt);
    const known = this.#replies.get(key);
    if (known !== undefined) return known;
    if (this.#isPoisoned(`${dsrId}/${store}`)) {
      return { kind: 'failed', code: 'poison', retryable: false };
    }
    if (this.#random.chance(this.#rates.transient)) {
      this.#counts.transient++;
      // Half of those that fail have had their effect before.
      if (this.#random.chance(0.5)) this.#perform(call, key);
      return { kind: 'failed', code: 'unavailable', retryable: true };
    }
    return this.#perform(call, key);
  }

  #perform(call: ServiceCall, key: string): ServiceReply {
    const { dsrId, store, operation } = call;
    const person = personIn(call.identities);
    const reply = ((): ServiceReply => {
      if (person === undefined || !this.#holds(person, store)) return { kind: 'no-data' };
      if (operation === 'erase' && store === EXEMPT_BY_ITSELF && person % 20 === 0) {
        this.#exempt.add(`${person}/${store}`);
        return { kind: 'exempt', basis: 'GDPR Art. 17(3)(e), legal claims' };
      }
      if (operation === 'gather') {
        const record = { person: `${CANARY}-${person}` };
        return { kind: 'done', affected: 1, data: { kind: 'inline', records: [record] } };
      }
      if (operation === 'erase') {
        if (this.#random.chance(this.#rates.lie)) {
          this.#counts.lie++;
          return { kind: 'done', affected: 1 };
        }
        this.#erased.add(`${person}/${store}`);
        return { kind: 'done', affected: 1, undoableUntil: this.now() + 3_600_000 };
      }
      if (operation === 'undo') this.#erased.delete(`${person}/${store}`);
      return { kind: 'done', affected: 1 };
    })();
    this.#replies.set(key, reply);
    const lied = operation === 'erase' && person !== undefined && this.holdsErasable(person, store);
    if (!lied) this.#truth.add(`${dsrId}/${store}`);
    this.#announce(call, reply, person);
    return reply;
  }

  #announce(call: ServiceCall, reply: ServiceReply, person: number | undefined): void {
    const store = WORLD_MAP.stores[call.store];
    if (store?.kind !== 'service' || store.tracking !== 'vertical') return;
    if (reply.kind !== 'done' || call.operation === 'gather') return;
    const event = { store: call.store, at: this.now(), reason: call.reason };
    const person_ = { person: `${CANARY}-${person ?? 0}` };
    const id = `${call.dsrId}/${call.taskId}#${call.attempt}`;
    this.#emit({ ...event, ...person_, eventId: `${id}-1`, remaining: 1, affected: 0 });
    this.#emit({ ...event, ...person_, eventId: `${id}-0`, remaining: 0, affected: 1 });
    // Ordinary life goes on beside it.
    this.#emit({ ...event, ...person_, eventId: `${id}-x`, reason: 'checkout' });
  }

  #emit(event: Readonly<Record<string, unknown>>): void {
    if (this.#random.chance(this.#rates.lostChange)) this.#counts.lostChange++;
    else this.onChange?.(event);
  }

  #holds(person: number, store: string): boolean {
    // Two of ten people are unknown to a store from the start.
    const known = (person * 7 + store.length * 13) % 10 < 8;
    return known && !this.#erased.has(`${person}/${store}`);
  }

  #isPoisoned(key: string): boolean {
    const known = this.#poisoned.get(key);
    if (known !== undefined) return known;
    const poisoned = this.#random.chance(this.#rates.poison);
    if (poisoned) this.#counts.poison++;
    this.#poisoned.set(key, poisoned);
    return poisoned;
  }
}

function personIn(identities: readonly Identity[]): number | undefined {
  return identities.map(personOf).find((person) => person !== undefined);
}
