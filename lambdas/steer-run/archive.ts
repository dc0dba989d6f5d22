import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { ServedArchive } from '../../lib/core/erasure/run/serve-orders.ts';
import { deliveredArchive } from '../runtime/archive-places.ts';
import type { Env } from '../runtime/env.ts';
import type { steerRunEnv } from './env.ts';

const DAY = 86_400_000;

type Settings = Pick<
  Env<typeof steerRunEnv>,
  'FAILED_PREFIX' | 'FAILED_DAYS' | 'MOST_MATCHING' | 'UNDO_DAYS' | 'DRAIN_SECONDS'
>;

/** The archive that events are delivered to, and how runs work on it. */
export function servedArchive(dataMap: DataMap, settings: Settings): ServedArchive {
  const { store, places } = deliveredArchive(dataMap, settings);
  return {
    store,
    settings: {
      places,
      maximumProportion: settings.MOST_MATCHING / 10_000,
      drain: settings.DRAIN_SECONDS * 1000,
      undoWindow: settings.UNDO_DAYS * DAY,
    },
  };
}
