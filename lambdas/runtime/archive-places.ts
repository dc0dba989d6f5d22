import { deliveryPath } from '../../lib/core/data-map/delivery-path.ts';
import type { ArchiveStore, DataMap } from '../../lib/core/data-map/schema.ts';
import type { RunPlace } from '../../lib/core/erasure/run/run.ts';

const DAY = 86_400_000;

/** The archive that events are delivered to, with the records that could not be redacted. */
export interface DeliveredArchive {
  /** Name in the data map. */
  readonly store: string;
  readonly archive: ArchiveStore;
  readonly places: readonly RunPlace[];
}

/** A data map that has been deployed and has no archive. */
class NoArchiveError extends Error {
  override readonly name = 'NoArchiveError';
}

export function deliveredArchive(
  dataMap: DataMap,
  settings: { readonly FAILED_PREFIX: string; readonly FAILED_DAYS: number },
): DeliveredArchive {
  const found = deliveryPath(dataMap);
  if (!found.ok) throw new NoArchiveError(found.faults.join('; '));
  const { archiveName: store, archive } = found.path;
  return {
    ...{ store, archive },
    places: [
      { prefix: archive.prefix, format: archive.format },
      {
        prefix: settings.FAILED_PREFIX,
        format: 'firehose-failures',
        lifetime: settings.FAILED_DAYS * DAY,
      },
    ],
  };
}
