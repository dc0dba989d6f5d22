import type { DataMap } from '../data-map/schema.ts';
import type { GatheredRows, GatheredStore } from '../ports/gathered-store.ts';
import { readRecords } from './gathered-lines.ts';
import type { PersonalRecord, Section } from './source.ts';

/** What executors gathered for a request, store by store. */
export async function* gatheredSections(
  gathered: GatheredStore,
  dataMap: DataMap,
  dsrId: string,
): AsyncGenerator<Section, void, undefined> {
  for await (const { taskId: store, rows } of gathered.list(dsrId)) {
    const about = dataMap.stores[store];
    yield {
      store,
      description: about?.description ?? store,
      legalBasis: about?.legalBasis ?? '',
      retentionDays: about?.retention.days ?? 0,
      owner: about?.owner ?? '',
      records: recordsOf(rows),
    };
  }
}

async function* recordsOf(rows: GatheredRows): AsyncGenerator<PersonalRecord, void, undefined> {
  yield* rows.kind === 'records' ? rows.records : readRecords(rows.lines);
}
