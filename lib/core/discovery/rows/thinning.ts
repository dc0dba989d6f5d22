/**
 * Chooses rows without knowing how many there are: all of the first eighth of `most`, then row
 * number i with the chance (head / i), so that the sample thins out evenly towards the end and no
 * row is kept in memory.
 */
export class Thinning {
  readonly #most: number;
  readonly #head: number;
  readonly #random: () => number;
  #met = 0;
  #taken = 0;

  constructor(most: number, random: () => number) {
    this.#most = most;
    this.#head = Math.max(1, Math.ceil(most / 8));
    this.#random = random;
  }

  get isFull(): boolean {
    return this.#taken >= this.#most;
  }

  takes(): boolean {
    this.#met++;
    if (this.isFull) return false;
    const taken = this.#met <= this.#head || this.#random() < this.#head / this.#met;
    if (taken) this.#taken++;
    return taken;
  }
}
