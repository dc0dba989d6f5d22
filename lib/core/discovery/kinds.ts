import type { Category } from '../data-map/schema.ts';

/** Every kind of personal data that discovery looks for, with the data map's category for it. */
export const KINDS = {
  name: { label: 'name', category: 'name' },
  email: { label: 'e-mail address', category: 'contact' },
  phone: { label: 'phone number', category: 'contact' },
  'us-ssn': { label: 'social security number (US)', category: 'national-id' },
  'nl-bsn': { label: 'BSN (NL)', category: 'national-id' },
  'de-tax-id': { label: 'Steuer-ID (DE)', category: 'national-id' },
  'fr-nir': { label: 'NIR (FR)', category: 'national-id' },
  'es-dni': { label: 'DNI or NIE (ES)', category: 'national-id' },
  'uk-nino': { label: 'National Insurance number (UK)', category: 'national-id' },
  'it-codice-fiscale': { label: 'codice fiscale (IT)', category: 'national-id' },
  'pl-pesel': { label: 'PESEL (PL)', category: 'national-id' },
  'se-personnummer': { label: 'personnummer (SE)', category: 'national-id' },
  'br-cpf': { label: 'CPF (BR)', category: 'national-id' },
  'national-id': { label: 'national identity number', category: 'national-id' },
  card: { label: 'payment card number', category: 'financial' },
  iban: { label: 'IBAN', category: 'financial' },
  'ip-address': { label: 'IP address', category: 'network-address' },
  'mac-address': { label: 'MAC address', category: 'network-address' },
  'birth-date': { label: 'birth date', category: 'birth-date' },
  address: { label: 'postal address', category: 'location' },
  coordinates: { label: 'coordinates', category: 'location' },
  'user-agent': { label: 'user agent', category: 'online-identifier' },
  'free-text': { label: 'text that holds contact data', category: 'free-text' },
} as const satisfies Record<string, { label: string; category: Category }>;

export type Kind = keyof typeof KINDS;
