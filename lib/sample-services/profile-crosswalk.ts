import type { Crosswalk, Resolution } from '../core/ports/crosswalk.ts';
import { findRecords, type ServiceDependencies } from './find-records.ts';
import { SAMPLE_SERVICES } from './sample-service.ts';

const [PROFILES] = SAMPLE_SERVICES[0].stores;

/**
 * The crosswalk of the sample services: a profile is the golden record, and its mail address, customer
 * number and social security number are the natural keys elsewhere. No list of its own, so that who
 * is erased from the profiles is gone from the crosswalk with the same write.
 */
export function profileCrosswalk(deps: Pick<ServiceDependencies, 'table' | 'dataMap'>): Crosswalk {
  return {
    resolve: async (identities): Promise<Resolution> => {
      const profiles = await findRecords(deps, PROFILES, identities);
      const [profile] = profiles;
      if (profile === undefined) return { kind: 'unknown' };
      if (profiles.length > 1) return { kind: 'ambiguous' };
      return { kind: 'resolved', identities: profile.identities };
    },
  };
}
