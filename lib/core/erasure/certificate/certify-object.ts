import { createHmac } from 'node:crypto';

import type { RunObject, RunPlace, RunVersion } from '../run/run.ts';
import type { CertificateEntry, CertifiedVersion } from './certificate.ts';

/** What a certificate says of an object; undefined when there is nothing to say of it. */
export function certifyObject(
  hashKey: Uint8Array,
  place: RunPlace,
  record: RunObject,
): Omit<CertificateEntry, 'seq' | 'previous' | 'hash'> | undefined {
  const versions = record.versions.map((version) => certifyVersion(place, version));
  const isPlain = versions.every(({ outcome, matched }) => outcome === 'kept' && matched === 0);
  if (isPlain && record.failure === undefined) return undefined;
  const object = createHmac('sha256', hashKey)
    .update(`lethe-object/1\0${record.key}`)
    .digest('base64url');
  return { object, versions, residue: record.residue ?? 0 };
}

function certifyVersion(place: RunPlace, version: RunVersion): CertifiedVersion {
  const { versionId, etag, rows, matched, fate, lockedUntil } = version;
  const outcome = outcomeOf(place, version);
  const until = fate === 'locked' ? lockedUntil : undefined;
  return {
    ...{ versionId, etag, rows, matched, outcome },
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}

function outcomeOf(place: RunPlace, version: RunVersion): CertifiedVersion['outcome'] {
  const { status, fate, matched, unparsable, isOurs } = version;
  if (fate === 'purged') return 'purged';
  switch (status) {
    case 'archived':
    case 'corrupt':
      return status;
    case 'failed':
    case 'listed':
      return 'failed';
    case 'gone':
      return matched > 0 ? 'removed' : 'kept';
    case 'read':
      if (matched > 0) return fate === 'locked' ? 'locked' : 'left';
      if (unparsable > 0 && place.lifetime === undefined) return 'unreadable-rows';
      return isOurs === true ? 'written' : 'kept';
  }
}
