import { Heap } from './heap.ts';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is due runs one by one, in an order that depends on nothing but the calls. */
export class Scheduler {
  #now: number;
  #order = 0;
  readonly #events = new Heap<Event>((a, b) => a.at - b.at || a.order - b.order);

  constructor(start: number) {
    this.#now = start;
  }

  /** Virtual milliseconds since the Unix epoch. */
  get now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#events.size;
  }

  after(delay: number, run: () => void): void {
    this.#events.push({ at: this.#now + delay, order: this.#order++, run });
  }

  /** Runs the next event and all that it sets off; false when there is none. */
  async step(): Promise<boolean> {
    const event = this.#events.pop();
    if (event === undefined) return false;
    this.#now = event.at;
    event.run();
    // Lets every promise that this event settled run on until it waits for virtual time again.
    await new Promise<void>((resolve) => setImmediate(resolve));
    return true;
  }
}
