import type { FormatName, ObjectFormat } from './format.ts';
import { parquetFormat } from './parquet/parquet-format.ts';
import { CsvScanner } from './text/csv.ts';
import { FirehoseFailuresScanner } from './text/firehose-failures.ts';
import { JsonLinesScanner } from './text/json-lines.ts';
import { SnowplowScanner } from './text/snowplow.ts';
import { TextFormat } from './text/text-format.ts';

const BY_NAME: Record<FormatName, ObjectFormat> = {
  jsonl: new TextFormat('jsonl', (matcher, room) => new JsonLinesScanner(matcher, room)),
  snowplow: new TextFormat('snowplow', (matcher, room) => new SnowplowScanner(matcher, room)),
  csv: new TextFormat('csv', (matcher, room) => new CsvScanner(matcher, room)),
  'firehose-failures': new TextFormat(
    'firehose-failures',
    (matcher, room) => new FirehoseFailuresScanner(matcher, room),
  ),
  parquet: parquetFormat,
};

/** The way a format at rest is searched and rewritten. */
export function formatNamed(name: FormatName): ObjectFormat {
  return BY_NAME[name];
}
