/** Who was put on the suppression list by a task. Hashes only. */
export interface SuppressedTask {
  readonly hashes: readonly string[];
  /** The highest seen: the fence. */
  readonly attempt: number;
  /** Since when all of them surely are on the list, ms since the epoch. */
  readonly listedAt?: number;
  /** From when on nobody needs to know of it any more, ms since the epoch. @default never */
  readonly keptUntil?: number;
}

/** What the event stream's executor remembers of its tasks, so that a request's entries can be lifted. */
export interface SuppressedTasks {
  get(dsrId: string, taskId: string): Promise<SuppressedTask | undefined>;
  /** Durable when it answers. `fenced`: a higher attempt is remembered, and stays. */
  put(dsrId: string, taskId: string, task: SuppressedTask): Promise<'put' | 'fenced'>;
  /** All of a request's tasks. */
  ofRequest(dsrId: string): Promise<readonly SuppressedTask[]>;
}
