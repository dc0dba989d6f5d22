import type { ObjectSource } from '../format.ts';
import { corrupt, unsupported } from './fault.ts';
import { readSchema, type Schema } from './schema/schema.ts';
import { readThriftStruct, ThriftUnderflow } from './thrift/thrift-reader.ts';
import type { ThriftStruct } from './thrift/thrift-value.ts';

/** One column of one row group: its place in the object, and its metadata as they were read. */
export interface Chunk {
  /** ColumnChunk of parquet.thrift. */
  readonly column: ThriftStruct;
  /** ColumnMetaData of parquet.thrift. */
  readonly metadata: ThriftStruct;
  readonly start: number;
  readonly end: number;
  readonly codec: number;
  /** Entries, nulls included. */
  readonly entries: number;
}

export interface RowGroup {
  readonly struct: ThriftStruct;
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

export interface Footer {
  /** FileMetaData of parquet.thrift. */
  readonly struct: ThriftStruct;
  readonly schema: Schema;
  readonly groups: readonly RowGroup[];
  readonly rows: number;
  /** Where the data end and the footer begins. */
  readonly start: number;
}

export const MAGIC = Buffer.from('PAR1');
const ENCRYPTED_MAGIC = 'PARE';
const MOST_ROWS = 0x7fffffff;
/** A first guess that spares a second request for most objects. */
const TAIL = 256 << 10;

/** Reads and checks the footer. Source: README.md of apache/parquet-format, "File format". */
export async function readFooter(source: ObjectSource): Promise<Footer> {
  if (source.size < 12) throw corrupt('too short for Parquet');
  const tailStart = Math.max(0, source.size - TAIL);
  let tail = await source.read(tailStart, source.size);
  const magic = Buffer.from(tail.subarray(-4)).toString('latin1');
  if (magic === ENCRYPTED_MAGIC) throw unsupported('encrypted Parquet can not be read');
  if (magic !== 'PAR1') throw corrupt('no Parquet magic at the end');
  const head = await source.read(0, 4);
  if (Buffer.compare(head, MAGIC) !== 0) throw corrupt('no Parquet magic at the start');
  const length = new DataView(tail.buffer, tail.byteOffset, tail.length).getUint32(
    tail.length - 8,
    true,
  );
  const start = source.size - 8 - length;
  if (length === 0 || start < 4) throw corrupt('the footer length does not fit the object');
  if (start < tailStart) tail = await source.read(start, source.size);
  const bytes = tail.subarray(tail.length - 8 - length, tail.length - 8);
  return parseFooter(readWhole(bytes), start);
}

function readWhole(bytes: Uint8Array): ThriftStruct {
  try {
    return readThriftStruct(bytes).struct;
  } catch (error) {
    if (error instanceof ThriftUnderflow) throw corrupt('the footer ends too early', error);
    throw error;
  }
}

function parseFooter(struct: ThriftStruct, start: number): Footer {
  if (struct.has(8) || struct.has(9)) throw unsupported('encrypted or signed Parquet');
  refuseHudi(struct);
  const schema = readSchema(struct.needStructs(2));
  const groups = struct.needStructs(4).map((group) => parseGroup(group, schema, start));
  const rows = struct.needSize(3);
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows) {
    throw corrupt('the row groups do not add up to the number of rows');
  }
  const stored = groups.flatMap((group) => group.chunks.map((chunk) => chunk.end - chunk.start));
  // Chunks that overlap would let a small object grow without bound.
  if (stored.reduce((sum, size) => sum + size, 0) > start) {
    throw corrupt('the column chunks do not fit the object');
  }
  return { struct, schema, groups, rows, start };
}

function parseGroup(struct: ThriftStruct, schema: Schema, limit: number): RowGroup {
  const rows = struct.needSize(3);
  if (rows > MOST_ROWS) throw unsupported('a row group of more than 2 billion rows');
  const columns = struct.needStructs(1);
  if (columns.length !== schema.leaves.length) {
    throw corrupt('a row group has not as many columns as the schema');
  }
  const chunks = columns.map((column, at) => {
    const chunk = parseChunk(column, limit);
    const leaf = schema.leaves[at]!;
    if (chunk.metadata.needInt(1) !== leaf.physical) {
      throw corrupt(`column "${leaf.name}" has another type than in the schema`);
    }
    if (leaf.maxRepetition === 0 ? chunk.entries !== rows : chunk.entries < rows) {
      throw corrupt(`column "${leaf.name}" has not as many values as its row group has rows`);
    }
    return chunk;
  });
  return { struct, rows, chunks };
}

function parseChunk(column: ThriftStruct, limit: number): Chunk {
  if (column.has(1)) throw unsupported('column data in another object');
  if (column.has(8) || column.has(9)) throw unsupported('encrypted columns can not be read');
  const metadata = column.needStruct(3);
  const data = metadata.needSize(9);
  const dictionary = metadata.size(11) ?? 0;
  // Some writers say 0 when there is no dictionary page.
  const size = metadata.needSize(7);
  const start = size === 0 ? 4 : dictionary > 0 ? Math.min(dictionary, data) : data;
  const end = start + size;
  if (start < 4 || end > limit) throw corrupt('a column chunk lies outside of the object');
  return {
    column,
    metadata,
    start,
    end,
    codec: metadata.needInt(4),
    entries: metadata.needSize(5),
  };
}

/** Hudi keeps record keys (its bloom filter, least and greatest key) in the footer's metadata. */
function refuseHudi(struct: ThriftStruct): void {
  const keys = struct.structs(5)?.map((pair) => pair.text(1) ?? '') ?? [];
  if (keys.some((key) => key.startsWith('hoodie_') || key === 'org.apache.hudi.bloomfilter')) {
    throw unsupported('a file of a Hudi table: delete the rows through Hudi, which indexes them');
  }
}
