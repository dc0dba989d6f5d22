import type { DataMap } from '../data-map/schema.ts';
import type { GatheredStore } from '../ports/gathered-store.ts';
import type { GatheredData } from '../ports/services.ts';
import type { PersonalRecord, Section } from './source.ts';

/** Fetches what a service has put aside: JSON Lines. */
export type FetchGathered = (location: string) => AsyncIterable<Uint8Array>;

/** A service's data by reference is not what it said. Holds none of it. */
export class GatheredDataError extends Error {
  override readonly name = 'GatheredDataError';
}

/** What a service has put aside can't be fetched now; the same package may be built later. */
export class GatheredFetchError extends Error {
  override readonly name = 'GatheredFetchError';
}

/** Longest line taken. In bytes. */
const MAX_LINE = 8 * 1024 * 1024;

/** What executors gathered for a request, store by store. */
export async function* gatheredSections(
  gathered: GatheredStore,
  dataMap: DataMap,
  fetchGathered: FetchGathered,
  dsrId: string,
): AsyncGenerator<Section, void, undefined> {
  for await (const { taskId: store, data } of gathered.list(dsrId)) {
    const about = dataMap.stores[store];
    yield {
      store,
      description: about?.description ?? store,
      legalBasis: about?.legalBasis ?? '',
      retentionDays: about?.retention.days ?? 0,
      owner: about?.owner ?? '',
      records: readRecords(data, fetchGathered),
    };
  }
}

async function* readRecords(
  data: GatheredData,
  fetchGathered: FetchGathered,
): AsyncGenerator<PersonalRecord, void, undefined> {
  if (data.kind === 'inline') {
    yield* data.records;
    return;
  }
  let rest = Buffer.alloc(0);
  for await (const chunk of fetchGathered(data.location)) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      if (end > from) yield readLine(bytes.subarray(from, end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE) throw new GatheredDataError('A gathered line is too long.');
  }
  if (rest.length > 0) yield readLine(rest);
}

function readLine(line: Buffer): PersonalRecord {
  const text = line.toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No cause: the parser's message quotes the line.
    throw new GatheredDataError('A gathered line is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatheredDataError('A gathered line is no JSON object.');
  }
  return value as PersonalRecord;
}
