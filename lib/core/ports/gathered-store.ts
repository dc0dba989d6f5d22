import type { GatheredData } from './services.ts';

/** What executors gather for the access package: sealed under the request's key at rest. */
export interface GatheredStore {
  /** Stores one task's data; a later attempt replaces an earlier one, never the reverse. */
  put(dsrId: string, taskId: string, attempt: number, data: GatheredData): Promise<void>;
  /** Everything that was gathered for a request, by task. */
  list(dsrId: string): AsyncIterable<{ readonly taskId: string; readonly data: GatheredData }>;
  /** Takes everything of a request away; twice is once. */
  clear(dsrId: string): Promise<void>;
}
