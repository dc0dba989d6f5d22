import { RowCounter, type ChunkReader } from '../pages/chunk-reader.ts';
import { isDictionaryEncoding } from '../values/encoding.ts';
import { PAGE } from '../pages/page.ts';
import { cutPage } from '../pages/page-cut.ts';
import type { RowSelection } from './selection.ts';
import { markUsed } from './tally.ts';
import { bytesAt, type Dictionary } from '../values/values.ts';

/**
 * Which entries of the dictionary the rows that stay use: a 1 each. Undefined when the column chunk
 * has no dictionary. Reads the chunk once through.
 */
export async function usedEntries(
  reader: ChunkReader,
  selection: RowSelection,
): Promise<Uint8Array | undefined> {
  const rows = new RowCounter();
  let used: Uint8Array | undefined;
  for await (const page of reader.pages()) {
    if (page.type === PAGE.dictionary) {
      used = new Uint8Array(reader.dictionary!.count);
      continue;
    }
    if (used === undefined) return undefined;
    const nested = reader.leaf.maxRepetition > 0;
    if (!isDictionaryEncoding(page.encoding) && !nested) {
      rows.row += page.entries;
      continue;
    }
    const data = await reader.read(page);
    const cut = cutPage(data, rows.advance(data), selection, reader.leaf.maxDefinition);
    if (data.values.kind === 'indexes') markUsed(data.values.indexes, cut.values, used);
  }
  return used;
}

/**
 * The dictionary without a value that no row uses any more. Each such place takes the value of a
 * neighbour in use, so that all other places, the order of a sorted dictionary, and the set of values
 * stay: pages without an erased row need not be written anew. Undefined when all are in use; empty
 * when none is.
 */
export function scrubDictionary(dictionary: Dictionary, used: Uint8Array): Dictionary | undefined {
  if (!used.includes(0)) return undefined;
  const first = used.indexOf(1);
  if (first < 0) return emptied(dictionary);
  const source = new Int32Array(used.length);
  let live = first;
  for (let at = 0; at < used.length; at++) {
    if (used[at] === 1) live = at;
    source[at] = live;
  }
  return gather(dictionary, source);
}

function emptied(dictionary: Dictionary): Dictionary {
  return gather(dictionary, new Int32Array(0));
}

function gather(dictionary: Dictionary, source: Int32Array): Dictionary {
  const count = source.length;
  if (dictionary.kind === 'bytes') {
    return {
      ...dictionary,
      count,
      starts: source.map((at) => dictionary.starts[at]!),
      ends: source.map((at) => dictionary.ends[at]!),
    };
  }
  const bytes = new Uint8Array(count * dictionary.width);
  source.forEach((from, at) => bytes.set(bytesAt(dictionary, from), at * dictionary.width));
  return { ...dictionary, count, bytes };
}
