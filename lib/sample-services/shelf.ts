import { MOST_CHANGED_RECORDS, type ServiceRecord } from '../core/ports/record-table.ts';
import type { ServiceDependencies } from './find-records.ts';
import type { SampleStore } from './sample-service.ts';

/** On top of what was promised, so that an undo which began in time can end. ms */
const GRACE = 60 * 60 * 1_000;
const DAY = 24 * 60 * 60 * 1_000;
/** Days in the past that are looked through for what has lapsed; a sweep may have failed before. */
const SWEPT_DAYS = 60;

type Shelf = Pick<ServiceDependencies, 'table' | 'clock'>;

/**
 * A record that was erased, as it waits for an undo: in a store beside its own, which no look-up and
 * no gathering sees. It is found by the task that took it and by the day on which it lapses.
 */
export function shelve(record: ServiceRecord, taskKey: string, undoableUntil: number) {
  const until = undoableUntil + GRACE;
  return {
    store: shelfOf(record),
    id: `${taskKey}/${record.id}`,
    version: 1,
    identities: [
      { identifier: 'task', value: taskKey },
      { identifier: 'lapses', value: dayOf(until) },
    ],
    fields: { until, record: { ...record, version: 1 } },
  } satisfies ServiceRecord;
}

/** What a task took and can still give back. */
export async function onShelf(
  { table, clock }: Shelf,
  store: SampleStore,
  taskKey: string,
): Promise<readonly ServiceRecord[]> {
  const shelf = shelfOf({ store: store.name });
  const waiting = await table.find(shelf, { identifier: 'task', value: taskKey });
  return waiting.filter((shelved) => lapsesAt(shelved) > clock.now());
}

/** The record as it was, and as new to its store. */
export function offShelf(shelved: ServiceRecord): ServiceRecord {
  return shelved.fields['record'] as ServiceRecord;
}

/** Takes away for good what nobody can ask back any more. Answers how many records. */
export async function clearShelves({ table, clock }: Shelf, stores: readonly SampleStore[]) {
  let cleared = 0;
  const now = clock.now();
  for (const { name } of stores) {
    const store = shelfOf({ store: name });
    for (let day = now - SWEPT_DAYS * DAY; day <= now; day += DAY) {
      const found = await table.find(store, { identifier: 'lapses', value: dayOf(day) });
      const lapsed = found.filter((shelved) => lapsesAt(shelved) <= now);
      for (let from = 0; from < lapsed.length; from += MOST_CHANGED_RECORDS) {
        const remove = lapsed.slice(from, from + MOST_CHANGED_RECORDS);
        // In conflict somebody else has taken them: an undo, or another sweep.
        if ((await table.commit({ remove })) === 'committed') cleared += remove.length;
      }
    }
  }
  return cleared;
}

function shelfOf({ store }: Pick<ServiceRecord, 'store'>): string {
  return `${store}.shelf`;
}

function lapsesAt({ fields }: ServiceRecord): number {
  return fields['until'] as number;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
