import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import type { ResultMessage, Task, TaskResult, WorkerData } from './worker-protocol.ts';

/** A file could not be read or written. `code` is the system's own word. */
export class FileFailed extends Error {
  override readonly name = 'FileFailed';
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** Rows are searched and cut in buffers of their own; what else is made is small and soon forgotten. */
const LIMITS = { maxYoungGenerationSizeMb: 4 };

interface Waiting {
  task: Task;
  resolve(result: TaskResult): void;
  reject(error: Error): void;
}

interface Member {
  worker: Worker;
  current: { id: number; waiting: Waiting } | undefined;
  /** Tasks that wait for the disk alone, by id. */
  writing: Map<number, Waiting>;
  /** Tasks on files that this worker has searched, whose plans it holds. */
  own: Waiting[];
}

/** Workers on all cores, each with its own task; a file is rewritten by the worker that searched it. */
export class WorkerPool {
  readonly #members: Member[];
  readonly #shared: Waiting[] = [];
  readonly #searchedBy = new Map<string, Member>();
  readonly #progress = new SharedArrayBuffer(8);
  #failure: Error | undefined;
  #nextId = 0;

  constructor(criteria: CompiledCriteria, size: number) {
    // Workers say when their garbage is to go; see SealedFile.
    setFlagsFromString('--expose-gc');
    const data: WorkerData = { criteria, progress: this.#progress };
    this.#members = Array.from({ length: size }, () => this.#start(data));
  }

  get size(): number {
    return this.#members.length;
  }

  /** Bytes read so far. */
  bytesRead(): number {
    return Number(Atomics.load(new BigInt64Array(this.#progress), 0));
  }

  run(task: Task): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const waiting = { task, resolve, reject };
      const member = task.kind === 'prepare' ? this.#searchedBy.get(task.path) : undefined;
      (member?.own ?? this.#shared).push(waiting);
      this.#feed();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  #start(workerData: WorkerData): Member {
    const worker = new Worker(workerFile(), { workerData, resourceLimits: LIMITS });
    const member: Member = { worker, current: undefined, writing: new Map(), own: [] };
    worker.on('message', (message: ResultMessage) => this.#finish(member, message));
    worker.on('error', (error: Error) => this.#fail(error));
    return member;
  }

  #feed(): void {
    for (const member of this.#members) {
      if (member.current) continue;
      const next = member.own.shift() ?? this.#shared.shift();
      if (!next) continue;
      const id = this.#nextId++;
      member.current = { id, waiting: next };
      if (next.task.kind === 'find') this.#searchedBy.set(next.task.path, member);
      member.worker.postMessage({ id, task: next.task });
    }
  }

  #finish(member: Member, message: ResultMessage): void {
    const { current, writing } = member;
    const { id } = message;
    const done = current?.id === id ? current.waiting : writing.get(id);
    if (current?.id === id) {
      member.current = undefined;
      this.#feed();
    }
    if ('isFree' in message) {
      if (done) writing.set(id, done);
      return;
    }
    writing.delete(id);
    if ('result' in message) done?.resolve(message.result);
    else done?.reject(new FileFailed(message.error.message, message.error.code));
  }

  /** A worker that died takes the run with it: what it was doing is not known. */
  #fail(error: Error): void {
    this.#failure = error;
    for (const { current, writing, own } of this.#members) {
      for (const waiting of [current?.waiting, ...writing.values(), ...own]) waiting?.reject(error);
    }
    for (const waiting of this.#shared) waiting.reject(error);
  }
}

/** The bundle puts shared code at its top or beside its entries (bin/build.js). */
function workerFile(): URL {
  const places = ['./bin/erase.worker.js', './erase.worker.js', '../erase.worker.js'];
  const found = places
    .map((place) => new URL(place, import.meta.url))
    .find((url) => existsSync(url));
  if (!found) throw new Error('the erase worker is missing from the bundle');
  return found;
}
