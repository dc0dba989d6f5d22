import type { DataMap } from '../data-map/schema.ts';
import { normaliseIdentity } from '../identity/normalise-identity.ts';
import type { Identity } from '../requests/model/request.ts';

/**
 * A subject's keys as columns hold them once they are normalised in SQL, each once. Redshift has no
 * function that composes letters, so a key whose letters have marks is looked for both composed (NFC)
 * and written in parts (NFD). What normalises to nothing names nobody.
 */
export function writtenKeys(
  dataMap: DataMap,
  identities: readonly Identity[],
): readonly Identity[] {
  const keys = identities
    .map((identity) => normaliseIdentity(dataMap, identity))
    .filter(({ value }) => value !== '')
    .flatMap((key) =>
      dataMap.identifiers[key.identifier]?.normalise === 'trim-lowercase'
        ? [key, { ...key, value: key.value.normalize('NFD') }]
        : [key],
    );
  return [
    ...new Map(keys.map((key) => [JSON.stringify([key.identifier, key.value]), key])).values(),
  ];
}
