import type { ObjectSource } from '../../format.ts';
import type { Chunk } from '../footer.ts';
import type { Output } from './output.ts';
import { pagesOf } from '../pages/page.ts';
import { Window } from '../pages/window.ts';

const PIECE = 4 << 20;
/** What nobody copies through just now: new memory costs more than to fill it. */
const spare: Uint8Array[] = [];

/**
 * Copies a column chunk as it is. Its page headers are walked on the way: some old writers understate
 * a chunk's size (PARQUET-816), and a copy that ends too early would lose rows.
 */
export async function copyChunk(source: ObjectSource, chunk: Chunk, output: Output): Promise<void> {
  const memory = spare.pop() ?? new Uint8Array(PIECE);
  try {
    await copyThrough(new Window(source, chunk.end, memory), chunk, output);
  } finally {
    if (spare.length === 0) spare.push(memory);
  }
}

async function copyThrough(window: Window, chunk: Chunk, output: Output): Promise<void> {
  let at = chunk.start;
  for await (const page of pagesOf(window, chunk)) {
    await output.write(await window.view(page.start, page.end));
    at = page.end;
  }
  for (; at < chunk.end; at += PIECE) {
    await output.write(await window.view(at, Math.min(chunk.end, at + PIECE)));
  }
}
