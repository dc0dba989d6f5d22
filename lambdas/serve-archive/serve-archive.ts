import {
  patientArchive,
  type PatientArchiveOptions,
} from '../../lib/core/erasure/run/patient-archive.ts';
import type { ServedStores } from '../../lib/core/services/answer-service-call.ts';
import type { DeliveredArchive } from '../runtime/archive-places.ts';

/** The schedule starts runs each hour; a run takes minutes, or a day where it waits for late data. */
const POLL_EVERY = 15 * 60 * 1_000;
/** Source: Lambda quotas: a function runs for 15 minutes at most. */
const LONGEST_LOOK = 15 * 60 * 1_000;
/** The most that the protocol knows: orders wait for a run, and runs for late data. In seconds. */
const TASK_SECONDS = 86_400;

type Connected = Omit<
  PatientArchiveOptions,
  keyof DeliveredArchive | 'longestLook' | 'onOrder' | 'pollEvery'
>;

/** The archive as the stores that the service protocol serves. */
export function servedArchive(
  { store, archive, places }: DeliveredArchive,
  connected: Connected,
): ServedStores {
  const gathers = archive.format === 'jsonl';
  return {
    name: 'archive',
    stores: [
      {
        name: store,
        operations: gathers ? ['gather', 'erase'] : ['erase'],
        identifiers: Object.keys(archive.identifiers),
        tracking: 'horizontal',
      },
    ],
    taskSeconds: TASK_SECONDS,
    services: patientArchive({
      ...connected,
      ...{ store, archive, places },
      pollEvery: POLL_EVERY,
      longestLook: LONGEST_LOOK,
      // The schedule finds it: one scan serves all that have come within the hour.
      onOrder: () => undefined,
    }),
    clock: connected.clock,
  };
}
