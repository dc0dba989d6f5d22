import type { DataMap } from '../data-map/schema.ts';
import type { Identity } from '../requests/model/request.ts';
import { normaliseIdentifier } from '../suppression/normalise.ts';

/** Makes two writings of one identity equal, as the data map says for its identifier. */
export function normaliseIdentity(dataMap: DataMap, { identifier, value }: Identity): Identity {
  const rule = dataMap.identifiers[identifier]?.normalise ?? 'exact';
  return { identifier, value: normaliseIdentifier(rule, value) };
}
