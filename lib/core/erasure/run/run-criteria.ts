import { CompiledMatcher } from '../compiled-matcher.ts';
import type { CompiledCriteria } from '../criteria/compiler.ts';

/** The criteria of all orders of a run, in memory alone. */
export interface OrderCriteria {
  readonly orderId: string;
  readonly criteria: CompiledCriteria;
}

/**
 * What a run looks for. A matcher serves one object at a time, so that each of several objects at once
 * takes one for itself; they share the table of values.
 */
export class RunCriteria {
  readonly orders: readonly OrderCriteria[];
  readonly #all: CompiledCriteria;
  readonly #free: CompiledMatcher[] = [];
  readonly #ofOrder = new Map<string, CompiledMatcher>();
  #ordered: Promise<unknown> = Promise.resolve();

  /** @param all every criterion of every order */
  constructor(all: CompiledCriteria, orders: readonly OrderCriteria[]) {
    this.#all = all;
    this.orders = orders;
  }

  async use<Result>(work: (matcher: CompiledMatcher) => Promise<Result>): Promise<Result> {
    const matcher = this.#free.pop() ?? new CompiledMatcher(this.#all);
    try {
      return await work(matcher);
    } finally {
      this.#free.push(matcher);
    }
  }

  /** Works with each order's own matcher, one caller after the other. */
  async eachOrder(
    work: (orderId: string, matcher: CompiledMatcher) => Promise<void>,
  ): Promise<void> {
    const before = this.#ordered;
    const turn = (async () => {
      await before.catch(() => undefined);
      for (const { orderId, criteria } of this.orders) {
        const matcher = this.#ofOrder.get(orderId) ?? new CompiledMatcher(criteria);
        this.#ofOrder.set(orderId, matcher);
        await work(orderId, matcher);
      }
    })();
    this.#ordered = turn.catch(() => undefined);
    await turn;
  }
}
