import type { ObjectSource } from '../../format.ts';
import type { Chunk } from '../footer.ts';
import type { Output } from './output.ts';
import { pagesOf } from '../pages/page.ts';
import { Window } from '../pages/window.ts';

const PIECE = 4 << 20;

/**
 * Copies a column chunk as it is. Its page headers are walked on the way: some old writers understate
 * a chunk's size (PARQUET-816), and a copy that ends too early would lose rows.
 */
export async function copyChunk(source: ObjectSource, chunk: Chunk, output: Output): Promise<void> {
  const window = new Window(source, chunk.end);
  let at = chunk.start;
  for await (const page of pagesOf(window, chunk)) {
    await output.write(await window.view(page.start, page.end));
    at = page.end;
  }
  for (; at < chunk.end; at += PIECE) {
    await output.write(await window.view(at, Math.min(chunk.end, at + PIECE)));
  }
}
