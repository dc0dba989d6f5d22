import type { FormatName, ObjectFormat, ObjectSource } from './format.ts';
import type { Matcher } from './matcher.ts';
import { CsvScanner } from './text/csv.ts';
import { FirehoseFailuresScanner } from './text/firehose-failures.ts';
import { JsonLinesScanner } from './text/json-lines.ts';
import { SnowplowScanner } from './text/snowplow.ts';
import { TextFormat, type FoundPiece, type PieceSearch } from './text/text-format.ts';
import { countSuspectRows } from './text/unreadable-rows.ts';

/** Loaded when there is a Parquet object: threads that meet none keep 3 MB each. */
const parquet: ObjectFormat = {
  name: 'parquet',
  undo: 'whole',
  find: async (...given) => (await loadParquet()).find(...given),
  forget: async (...given) => (await loadParquet()).forget(...given),
};

async function loadParquet(): Promise<ObjectFormat> {
  return (await import('./parquet/parquet-format.ts')).parquetFormat;
}

const BY_NAME: Record<FormatName, ObjectFormat> = {
  jsonl: new TextFormat('jsonl', (matcher, room) => new JsonLinesScanner(matcher, room)),
  snowplow: new TextFormat('snowplow', (matcher, room) => new SnowplowScanner(matcher, room)),
  csv: new TextFormat('csv', (matcher, room) => new CsvScanner(matcher, room)),
  'firehose-failures': new TextFormat(
    'firehose-failures',
    (matcher, room) => new FirehoseFailuresScanner(matcher, room),
  ),
  parquet,
};

/** The way a format at rest is searched and rewritten. */
export function formatNamed(name: FormatName): ObjectFormat {
  return BY_NAME[name];
}

/** Searches a piece of an object of a divisible format; see text/pieces.ts. */
export function findInPiece(
  piece: ObjectSource,
  matcher: Matcher,
  name: FormatName,
  how: PieceSearch,
): Promise<FoundPiece> {
  const format = formatNamed(name);
  if (!(format instanceof TextFormat)) throw new TypeError(`${name} has no pieces`);
  return format.findPiece(piece, matcher, how);
}

/**
 * Rows that cannot be read and yet hold a subject's value as text; see text/unreadable-rows.ts.
 * @param reader tells which rows cannot be read
 * @param searcher of the values that are looked for; another than `reader`
 */
export function countSuspects(
  source: ObjectSource,
  name: FormatName,
  reader: Matcher,
  searcher: Matcher,
): Promise<number> {
  const format = formatNamed(name);
  // Of Parquet all rows can be read, or none.
  if (!(format instanceof TextFormat)) return Promise.resolve(0);
  return countSuspectRows(source, format, reader, searcher);
}
