import type { AliasSnapshot, SubjectDetails } from '../requests/model/request.ts';
import { seal, unseal, type SealedBox } from './sealed-box.ts';

/** The name of a request's key in the vault. */
export function requestKeyName(dsrId: string): string {
  return `request/${dsrId}`;
}

export function sealDetails(
  key: Uint8Array,
  dsrId: string,
  details: SubjectDetails,
  nonce: Uint8Array,
): SealedBox {
  return seal(key, `details/${dsrId}`, details, nonce);
}

/** The box authenticates itself: what opens is what {@link sealDetails} was given. */
export function openDetails(key: Uint8Array, dsrId: string, box: SealedBox): SubjectDetails {
  return unseal(key, `details/${dsrId}`, box) as SubjectDetails;
}

export function sealAliases(
  key: Uint8Array,
  dsrId: string,
  snapshot: AliasSnapshot,
  nonce: Uint8Array,
): SealedBox {
  return seal(key, `aliases/${dsrId}`, snapshot, nonce);
}

/** The box authenticates itself: what opens is what {@link sealAliases} was given. */
export function openAliases(key: Uint8Array, dsrId: string, box: SealedBox): AliasSnapshot {
  return unseal(key, `aliases/${dsrId}`, box) as AliasSnapshot;
}
