import type { ByteSink, ObjectSource } from '../../format.ts';
import { BloomFilter, findBloomFilter } from './bloom-filter.ts';
import { copyChunk } from './chunk-copy.ts';
import { rewriteChunk, type RewrittenChunk } from './chunk-rewriter.ts';
import { MAGIC, type Chunk, type Footer, type RowGroup } from '../footer.ts';
import { Output } from './output.ts';
import {
  INDEX,
  newColumnIndex,
  newOffsetIndex,
  readIndex,
  shiftOffsetIndex,
} from './page-index.ts';
import { PHYSICAL, type Leaf } from '../schema/schema.ts';
import type { RowSelection } from './selection.ts';
import { WIRE, type ThriftStruct } from '../thrift/thrift-value.ts';
import { writeThriftStruct } from '../thrift/thrift-writer.ts';

/** A chunk in its new place, with all that is yet to be written about it. */
interface Placed {
  readonly old: Chunk;
  readonly leaf: Leaf;
  /** ColumnChunk of parquet.thrift, to be put into the new footer. */
  readonly column: ThriftStruct;
  readonly metadata: ThriftStruct;
  readonly rewritten: RewrittenChunk | undefined;
  readonly bloom: BloomFilter | undefined;
  /** How far it moved, if it was copied. */
  readonly moved: number;
}

/**
 * Writes the object anew without the rows that do not stay. Row groups whose selection is undefined
 * stay whole and are copied; those of which nothing stays are left out. Everything but what the
 * missing rows change (offsets, sizes, counts, statistics, indexes, bloom filters) is kept as it was
 * read: schema, key-value metadata, writer's name, codecs, sort order, unknown fields.
 */
export async function rewriteFile(
  source: ObjectSource,
  footer: Footer,
  selectionOf: (group: number) => RowSelection | undefined,
  sink: ByteSink,
): Promise<void> {
  const output = new Output(sink);
  await output.write(MAGIC);
  const groups: ThriftStruct[] = [];
  const placed: Placed[] = [];
  let rows = 0;
  for (const [at, group] of footer.groups.entries()) {
    const selection = selectionOf(at);
    const kept = selection === undefined ? group.rows : selection.countOf(group.rows);
    // A row group that had no rows before is somebody's choice; one that lost all of them is ours.
    if (kept === 0 && group.rows > 0) continue;
    const start = output.at;
    const chunks: Placed[] = [];
    for (const [column, chunk] of group.chunks.entries()) {
      const leaf = footer.schema.leaves[column]!;
      chunks.push(
        selection === undefined
          ? await copyPlaced(source, chunk, leaf, output)
          : await rewritePlaced(source, footer, group, column, selection, output),
      );
    }
    groups.push(newGroup(group, chunks, kept, start, output.at - start, groups.length));
    placed.push(...chunks);
    rows += kept;
  }
  await writeBloomFilters(source, footer, placed, output);
  await writeIndexes(source, footer, placed, 'column', output);
  await writeIndexes(source, footer, placed, 'offset', output);
  await writeFooter(footer.struct, groups, rows, output);
}

async function copyPlaced(
  source: ObjectSource,
  chunk: Chunk,
  leaf: Leaf,
  output: Output,
): Promise<Placed> {
  const moved = output.at - chunk.start;
  await copyChunk(source, chunk, output);
  const metadata = chunk.metadata.clone();
  for (const field of [9, 10, 11]) {
    const offset = metadata.size(field) ?? 0;
    if (offset > 0) metadata.setSize(field, offset + moved);
  }
  const column = placeColumn(chunk, metadata, output.at - (chunk.end - chunk.start));
  return { old: chunk, leaf, column, metadata, rewritten: undefined, bloom: undefined, moved };
}

async function rewritePlaced(
  source: ObjectSource,
  footer: Footer,
  group: RowGroup,
  at: number,
  selection: RowSelection,
  output: Output,
): Promise<Placed> {
  const chunk = group.chunks[at]!;
  const leaf = footer.schema.leaves[at]!;
  const place = await findBloomFilter(source, footer, chunk);
  const useful = place?.known === true && leaf.physical !== PHYSICAL.boolean;
  const bloom = useful ? new BloomFilter(place.size) : undefined;
  const options = { rows: group.rows, ordered: hasTypeOrder(footer, leaf), bloom };
  const rewritten = await rewriteChunk(source, chunk, leaf, selection, output, options);
  const { metadata, start } = rewritten;
  const column = placeColumn(chunk, metadata, start);
  return { old: chunk, leaf, column, metadata, rewritten, bloom, moved: 0 };
}

/** Bounds are understood by the order that the type defines, or, in old files, by none. */
function hasTypeOrder(footer: Footer, leaf: Leaf): boolean {
  const orders = footer.struct.structs(7);
  return orders === undefined || orders[leaf.column]?.has(1) === true;
}

function placeColumn(chunk: Chunk, metadata: ThriftStruct, start: number): ThriftStruct {
  const column = chunk.column.clone().setStruct(3, metadata).drop(4, 5, 6, 7);
  const offset = chunk.column.size(2) ?? 0;
  // Deprecated: where the chunk begins, or where a copy of its metadata lies, which is not kept.
  const within = offset >= chunk.start && offset < chunk.end;
  return column.setSize(2, within ? start : 0);
}

function newGroup(
  group: RowGroup,
  chunks: readonly Placed[],
  rows: number,
  start: number,
  stored: number,
  ordinal: number,
): ThriftStruct {
  const plain = chunks.reduce((sum, chunk) => sum + chunk.metadata.needSize(6), 0);
  const struct = group.struct
    .clone()
    .setList(
      1,
      WIRE.struct,
      chunks.map((chunk) => chunk.column),
    )
    .setSize(3, rows);
  if (chunks.some((chunk) => chunk.rewritten)) struct.setSize(2, plain);
  if (struct.has(5)) struct.setSize(5, start);
  if (struct.has(6)) struct.setSize(6, stored);
  if (struct.has(7)) struct.setInt(7, ordinal);
  return struct;
}

async function writeBloomFilters(
  source: ObjectSource,
  footer: Footer,
  placed: readonly Placed[],
  output: Output,
): Promise<void> {
  for (const chunk of placed) {
    if (chunk.rewritten && !chunk.bloom) continue;
    const place = await findBloomFilter(source, footer, chunk.old);
    if (place === undefined) continue;
    const start = output.at;
    if (chunk.bloom) {
      await output.write(place.header);
      await output.write(chunk.bloom.bytes());
    } else {
      await output.write(await source.read(place.start, place.end));
    }
    chunk.metadata.setSize(14, start);
    if (chunk.old.metadata.has(15)) chunk.metadata.setInt(15, output.at - start);
  }
}

async function writeIndexes(
  source: ObjectSource,
  footer: Footer,
  placed: readonly Placed[],
  half: 'offset' | 'column',
  output: Output,
): Promise<void> {
  for (const chunk of placed) {
    const old = await readIndex(source, footer, chunk.old, half);
    const index = old && newIndex(old, chunk, half, hasTypeOrder(footer, chunk.leaf));
    if (index === undefined) continue;
    const bytes = writeThriftStruct(index);
    chunk.column.setSize(INDEX[half].at, output.at).setInt(INDEX[half].length, bytes.length);
    await output.write(bytes);
  }
}

function newIndex(
  old: ThriftStruct,
  chunk: Placed,
  half: 'offset' | 'column',
  ordered: boolean,
): ThriftStruct | undefined {
  if (chunk.rewritten === undefined) {
    return half === 'column' ? old : shiftOffsetIndex(old, chunk.moved);
  }
  if (half === 'offset') return newOffsetIndex(old, chunk.rewritten);
  return ordered ? newColumnIndex(old, chunk.rewritten, chunk.leaf) : undefined;
}

async function writeFooter(
  old: ThriftStruct,
  groups: readonly ThriftStruct[],
  rows: number,
  output: Output,
): Promise<void> {
  const struct = old.clone().setSize(3, rows).setList(4, WIRE.struct, groups);
  const bytes = writeThriftStruct(struct);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(bytes.length);
  tail.set(MAGIC, 4);
  await output.write(bytes);
  await output.write(tail);
}
