import { PushStream } from './push-stream.ts';

/** Gives up several; the first failure of a store is thrown once all know. */
export async function abandonAll(
  cause: Error,
  puts: readonly ({ abandon(cause: Error): Promise<void> } | undefined)[],
): Promise<void> {
  const abandoned = puts.flatMap((put) => (put === undefined ? [] : [put.abandon(cause)]));
  const answers = await Promise.allSettled(abandoned);
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
}

/** A put whose body is written piece by piece. Nothing is stored before {@link close}. */
export class FedPut<Outcome> {
  readonly body = new PushStream();
  readonly #put: Promise<Outcome>;
  readonly #settled: Promise<void>;

  constructor(put: (body: PushStream) => Promise<Outcome>) {
    this.#put = put(this.body);
    // Whoever writes must not wait for a store that has given up.
    const release = (): void => this.body.release();
    this.#settled = this.#put.then(release, release);
  }

  /** Answers once it is stored. */
  async close(): Promise<Outcome> {
    try {
      await this.body.flush();
      this.body.end();
    } finally {
      // The store's own failure says more than that it reads no longer.
      await this.#settled;
      await this.#put;
    }
    return this.#put;
  }

  /** Nothing is to be stored; answers once the store knows. Throws a failure of the store's own. */
  async abandon(cause: Error): Promise<void> {
    this.body.fail(cause);
    try {
      await this.#put;
    } catch (error) {
      const isOurs = error === cause || (error instanceof Error && error.cause === cause);
      if (!isOurs) throw error;
    }
  }
}
