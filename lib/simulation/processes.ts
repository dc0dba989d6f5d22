import type { FaultCounts, FaultRates } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A port said no for now, as a throttled or broken network does. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** How a simulated process ended. */
export type Ending<Result> =
  | { readonly kind: 'returned'; readonly result: Result }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'died' };

interface Process {
  alive: boolean;
  /** Effects after which it dies. */
  crashAfter: number;
  readonly die: () => void;
}

const EFFECTS = new Set(['save', 'publish', 'call', 'send', 'post', 'put', 'destroy', 'create']);
/** Ports behind a network that a person would call unreliable. Services say so in their replies. */
const TRANSIENT = new Set(['notifier', 'callbacks', 'crosswalk', 'packager']);
const THROTTLED = new Set(['requests', 'tasks', 'events']);

/** Runs verbs as processes of virtual time, whose every call of a port may fail or be their last. */
export class Processes {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #rates: FaultRates;
  readonly #counts: FaultCounts;
  readonly #running = new Set<Process>();

  constructor(scheduler: Scheduler, random: SeededRandom, rates: FaultRates, counts: FaultCounts) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#rates = rates;
    this.#counts = counts;
  }

  /** Starts a verb on ports that go through the process; `onEnd` runs once, whatever happens. */
  run<Ports extends object, Result>(
    ports: Ports,
    verb: (ports: Ports) => Promise<Result>,
    onEnd: (ending: Ending<Result>) => void,
  ): void {
    let ended = false;
    const end = (ending: Ending<Result>): void => {
      if (ended) return;
      ended = true;
      process.alive = false;
      this.#running.delete(process);
      onEnd(ending);
    };
    const process: Process = {
      alive: true,
      crashAfter: this.#random.chance(this.#rates.crash) ? this.#random.between(1, 7) : Infinity,
      die: () => {
        end({ kind: 'died' });
      },
    };
    this.#running.add(process);
    verb(this.#through(process, ports)).then(
      (result) => {
        end({ kind: 'returned', result });
      },
      (error: unknown) => {
        end({ kind: 'threw', error });
      },
    );
  }

  /** Kills everything that runs, as a restart of the machine does. */
  restart(): void {
    this.#counts.restart++;
    for (const process of [...this.#running]) process.die();
  }

  #through<Ports extends object>(process: Process, ports: Ports): Ports {
    const wrapped = Object.entries(ports).map(([name, port]: [string, unknown]) => [
      name,
      ASYNC_PORTS.has(name) ? this.#guard(process, name, port as object) : port,
    ]);
    return Object.fromEntries(wrapped) as Ports;
  }

  #guard(process: Process, port: string, target: object): object {
    return new Proxy(target, {
      get: (inner, method) => {
        const member: unknown = Reflect.get(inner, method);
        if (typeof member !== 'function' || typeof method !== 'string') return member;
        return (...args: unknown[]) =>
          this.#call(process, port, method, () => member.apply(inner, args) as Promise<unknown>);
      },
    });
  }

  async #call(
    process: Process,
    port: string,
    method: string,
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    await this.#pause(process, this.#random.between(1, 80));
    if (TRANSIENT.has(port) && this.#random.chance(this.#rates.transient)) {
      this.#counts.transient++;
      throw new InjectedFault(`${port} is not to be reached`);
    }
    if (THROTTLED.has(port) && this.#random.chance(this.#rates.throttle)) {
      this.#counts.throttle++;
      throw new InjectedFault(`${port} is throttled`);
    }
    const result = await call();
    if (EFFECTS.has(method) && --process.crashAfter <= 0 && process.alive) {
      this.#counts.crash++;
      process.die();
    }
    if (!process.alive) return never();
    return result;
  }

  #pause(process: Process, delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.#scheduler.after(delay, () => {
        if (process.alive) resolve();
      });
    });
  }
}

const ASYNC_PORTS = new Set([
  'requests',
  'keys',
  'crosswalk',
  'tasks',
  'events',
  'services',
  'gathered',
  'packager',
  'notifier',
  'callbacks',
  'signer',
]);

/** What a dead process waits for. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
