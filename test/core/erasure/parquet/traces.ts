import { ChunkReader } from '../../../../lib/core/erasure/parquet/pages/chunk-reader.ts';
import { readFooter } from '../../../../lib/core/erasure/parquet/footer.ts';
import { PAGE } from '../../../../lib/core/erasure/parquet/pages/page.ts';
import { MemoryObject } from './erasing.ts';

/** All bytes in which a value could be left: the object as it lies, and its pages decompressed. */
export async function everythingIn(object: Buffer): Promise<Buffer> {
  const source = new MemoryObject(object);
  const footer = await readFooter(source);
  const parts: Uint8Array[] = [object];
  for (const group of footer.groups) {
    for (const [at, chunk] of group.chunks.entries()) {
      const reader = await ChunkReader.open(source, chunk, footer.schema.leaves[at]!);
      for await (const page of reader.pages()) {
        const body = await reader.body(page);
        const detail = page.type === PAGE.dataV2 ? page.header.struct(8) : undefined;
        const levels = detail ? detail.needInt(5) + detail.needInt(6) : 0;
        const packed = detail?.flag(7) ?? true;
        const rest = body.subarray(levels);
        const size = page.size - levels;
        parts.push(packed && size > 0 ? reader.codec.decompress(rest, size) : rest);
      }
    }
  }
  return Buffer.concat(parts);
}
