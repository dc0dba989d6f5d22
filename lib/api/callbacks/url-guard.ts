import { isPublicAddress } from './address-guard.ts';

export type UrlFault =
  | 'not-a-url'
  | 'too-long'
  | 'not-https'
  | 'user-info'
  | 'port'
  | 'fragment'
  | 'address'
  | 'local-name';

/** Longest callback URL taken. In characters. */
const MAX_LENGTH = 2_000;

/** Names that are only ever answered inside a network (RFC 6761, 6762, 8375, 7686, 9476). */
const LOCAL_NAMES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'onion',
  'alt',
  'test',
  'invalid',
];

/**
 * What makes a URL unfit as a callback, by its text alone: it must be https, on port 443, without
 * credentials or fragment, with a public host. The addresses behind the name are checked when the
 * callback is sent; see https-callbacks.ts.
 */
export function callbackUrlFault(text: string): UrlFault | undefined {
  if (text.length > MAX_LENGTH) return 'too-long';
  // The parser drops tabs and newlines silently; a URL with them was not written by an honest hand.
  if (/[^\x21-\x7e]/.test(text) || text.includes('\\') || !URL.canParse(text)) return 'not-a-url';
  const url = new URL(text);
  if (url.protocol !== 'https:') return 'not-https';
  if (url.username !== '' || url.password !== '' || text.split('/')[2]?.includes('@') === true) {
    return 'user-info';
  }
  if (url.port !== '') return 'port';
  if (text.includes('#')) return 'fragment';
  return hostFault(url.hostname);
}

function hostFault(hostname: string): UrlFault | undefined {
  // URL has already turned every writing of an IPv4 address (octal, hex, one number) into four parts.
  if (hostname.startsWith('['))
    return isPublicAddress(hostname.slice(1, -1)) ? undefined : 'address';
  if (/^[0-9.]+$/.test(hostname)) return isPublicAddress(hostname) ? undefined : 'address';
  const name = hostname.replace(/\.$/, '');
  const isLocal = LOCAL_NAMES.some((local) => name === local || name.endsWith(`.${local}`));
  return isLocal || !name.includes('.') ? 'local-name' : undefined;
}

/** The fault as a sentence; holds nothing of the URL. */
export const URL_FAULT_MESSAGES: Readonly<Record<UrlFault, string>> = {
  'not-a-url': 'must be an absolute URL in ASCII',
  'too-long': `must have at most ${MAX_LENGTH} characters`,
  'not-https': 'must begin with https://',
  'user-info': 'must not hold credentials',
  port: 'must use port 443',
  fragment: 'must not hold a fragment',
  address: 'must not name an address that is not public',
  'local-name': 'must name a public host',
};
