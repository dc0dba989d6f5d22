import type { Kind } from '../kinds.ts';
import { contactsWithin, isEmail, isInternationalPhone, isNationalPhone } from './contact.ts';
import * as ids from './national-ids.ts';
import { isIpv6, isMac, isPlainIpv4, isUserAgent } from './network.ts';
import { isCard, isIban } from './payment.ts';

/** Recognises a kind by the value alone. */
export interface Detector {
  readonly kind: Kind;
  readonly recognises: (text: string) => boolean;
  /**
   * The part of values of that shape which are something else and fit nevertheless: 1/11 for a
   * checksum of 11 over any nine digits. Estimates, on the high side.
   */
  readonly chance: number;
  /** A single one among other values counts: nothing else looks like it. */
  readonly telling: boolean;
  /** Too common a shape to stand without a key that agrees: nine digits that may be an SSN. */
  readonly needsKey?: true;
}

const pair = (text: string): boolean =>
  /^-?(?:[0-8]?\d)\.\d{3,},\s?-?(?:1[0-7]\d|\d?\d)\.\d{3,}$/.test(text);

export const DETECTORS: readonly Detector[] = [
  { kind: 'email', recognises: isEmail, chance: 1e-6, telling: true },
  { kind: 'phone', recognises: isInternationalPhone, chance: 0.01, telling: true },
  { kind: 'phone', recognises: isNationalPhone, chance: 0.1, telling: false },
  {
    kind: 'us-ssn',
    recognises: (text) => /\D/.test(text) && ids.isSsn(text),
    chance: 0.05,
    telling: false,
  },
  { kind: 'us-ssn', recognises: ids.isSsn, chance: 0.9, telling: false, needsKey: true },
  { kind: 'nl-bsn', recognises: ids.isBsn, chance: 1 / 11, telling: false },
  { kind: 'de-tax-id', recognises: ids.isSteuerId, chance: 0.02, telling: false },
  { kind: 'fr-nir', recognises: ids.isNir, chance: 0.01, telling: false },
  { kind: 'es-dni', recognises: ids.isDni, chance: 1 / 23, telling: false },
  { kind: 'uk-nino', recognises: ids.isNino, chance: 0.1, telling: false },
  { kind: 'it-codice-fiscale', recognises: ids.isCodiceFiscale, chance: 1e-5, telling: true },
  { kind: 'pl-pesel', recognises: ids.isPesel, chance: 0.02, telling: false },
  { kind: 'se-personnummer', recognises: ids.isPersonnummer, chance: 0.01, telling: false },
  { kind: 'br-cpf', recognises: ids.isCpf, chance: 0.01, telling: false },
  { kind: 'card', recognises: isCard, chance: 0.03, telling: false },
  { kind: 'iban', recognises: isIban, chance: 1e-4, telling: true },
  { kind: 'ip-address', recognises: isPlainIpv4, chance: 0.001, telling: true },
  { kind: 'ip-address', recognises: isIpv6, chance: 0.001, telling: true },
  { kind: 'mac-address', recognises: isMac, chance: 0.001, telling: true },
  { kind: 'coordinates', recognises: pair, chance: 0.05, telling: false },
  { kind: 'user-agent', recognises: isUserAgent, chance: 1e-4, telling: true },
  {
    kind: 'free-text',
    recognises: (text) => !isEmail(text) && !isInternationalPhone(text) && holdsContact(text),
    chance: 1e-4,
    telling: true,
  },
];

function holdsContact(text: string): boolean {
  return text.length > 7 && contactsWithin(text).length > 0;
}

/** Kinds that a key of an object or a name of a column betrays by itself: it is data, no name. */
export function looksLikeData(text: string): boolean {
  if (/^\d+$/.test(text) || text === '') return true;
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return true;
  return DETECTORS.some(
    ({ recognises, chance, needsKey }) => needsKey !== true && chance <= 0.1 && recognises(text),
  );
}
