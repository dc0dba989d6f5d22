import { GatheredDataError } from '../../core/ports/fetch-gathered.ts';
import type { GatheredRows, GatheredStore } from '../../core/ports/gathered-store.ts';

type Kept =
  | Extract<GatheredRows, { kind: 'records' }>
  | { readonly kind: 'lines'; readonly chunks: readonly Uint8Array[] };

interface Entry {
  readonly attempt: number;
  readonly kept: Kept;
}

/** Gathered data in memory. */
export class MemoryGatheredStore implements GatheredStore {
  readonly #requests = new Map<string, Map<string, Entry>>();

  async put(dsrId: string, taskId: string, attempt: number, rows: GatheredRows): Promise<void> {
    const kept = await keep(rows);
    const tasks = this.#requests.get(dsrId) ?? new Map<string, Entry>();
    this.#requests.set(dsrId, tasks);
    if ((tasks.get(taskId)?.attempt ?? 0) <= attempt) tasks.set(taskId, { attempt, kept });
  }

  async *list(
    dsrId: string,
  ): AsyncIterable<{ readonly taskId: string; readonly rows: GatheredRows }> {
    const tasks = await Promise.resolve(this.#requests.get(dsrId));
    for (const [taskId, { kept }] of tasks ?? []) {
      const rows: GatheredRows =
        kept.kind === 'records'
          ? structuredClone(kept)
          : { kind: 'lines', lines: replay(kept.chunks) };
      yield { taskId, rows };
    }
  }

  clear(dsrId: string): Promise<void> {
    this.#requests.delete(dsrId);
    return Promise.resolve();
  }
}

async function keep(rows: GatheredRows): Promise<Kept> {
  if (rows.kind === 'records') return structuredClone(rows);
  const chunks: Uint8Array[] = [];
  for await (const chunk of rows.lines) chunks.push(Uint8Array.from(chunk));
  return { kind: 'lines', chunks };
}

async function* replay(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

/** Where no service hands data over by reference. */
export function nothingHandedOver(): never {
  throw new GatheredDataError('No service hands data over here.');
}
