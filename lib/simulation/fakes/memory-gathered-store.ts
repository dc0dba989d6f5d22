import type { GatheredStore } from '../../core/ports/gathered-store.ts';
import type { GatheredData } from '../../core/ports/services.ts';

/** Gathered data in memory. */
export class MemoryGatheredStore implements GatheredStore {
  readonly #requests = new Map<string, Map<string, { attempt: number; data: GatheredData }>>();

  put(dsrId: string, taskId: string, attempt: number, data: GatheredData): Promise<void> {
    const tasks =
      this.#requests.get(dsrId) ?? new Map<string, { attempt: number; data: GatheredData }>();
    this.#requests.set(dsrId, tasks);
    if ((tasks.get(taskId)?.attempt ?? 0) <= attempt) {
      tasks.set(taskId, { attempt, data: structuredClone(data) });
    }
    return Promise.resolve();
  }

  async *list(
    dsrId: string,
  ): AsyncIterable<{ readonly taskId: string; readonly data: GatheredData }> {
    const tasks = await Promise.resolve(this.#requests.get(dsrId));
    for (const [taskId, { data }] of tasks ?? []) yield { taskId, data: structuredClone(data) };
  }

  clear(dsrId: string): Promise<void> {
    this.#requests.delete(dsrId);
    return Promise.resolve();
  }
}
