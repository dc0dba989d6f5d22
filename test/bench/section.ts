/** How much work a run of the benchmarks may be; `smoke` only shows that they work. */
export type BenchSize = 'smoke' | 'quick' | 'normal' | 'full';

export interface BenchTable {
  title: string;
  columns: readonly string[];
  /** A cell is a text, or a number that the table prints as it stands. */
  rows: readonly (readonly (string | number)[])[];
  /** What the table shows, in one or two lines: what was fed, what must hold. */
  note?: string;
}

/** One part of `npm run bench`: a file test/bench/<name>.bench.ts that exports `section`. */
export interface BenchSection {
  name: string;
  /**
   * Runs all rivals side by side in this process (children for memory) and answers tables, each as
   * soon as it is measured: what a later one fails on must not lose those before it.
   */
  run(size: BenchSize, progress: (line: string) => void): AsyncIterable<BenchTable>;
}
