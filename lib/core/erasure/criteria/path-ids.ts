import type { CriterionPath } from '../matcher.ts';

/** Distinct paths in one criteria file; more are surely values that slipped into the keys. */
export const MAX_PATHS = 1000;

/** Numbers the distinct paths of a criteria file. */
export class PathIds {
  readonly paths: CriterionPath[] = [];
  readonly #ids = new Map<string, number>();
  readonly #ignoreCase: boolean;

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  /** Undefined when there would be more than {@link MAX_PATHS}. */
  of(path: CriterionPath): number | undefined {
    const folded: CriterionPath =
      path.kind === 'field' && this.#ignoreCase
        ? { kind: 'field', segments: path.segments.map((name) => name.toLowerCase()) }
        : path;
    const name = JSON.stringify(folded.kind === 'field' ? folded.segments : folded);
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    if (this.paths.length === MAX_PATHS) return undefined;
    const id = this.paths.push(folded) - 1;
    this.#ids.set(name, id);
    return id;
  }
}
