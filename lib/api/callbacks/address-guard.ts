import ipaddr from 'ipaddr.js';

/** All that IANA has ever handed out as global unicast. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is an ordinary public one, to which a stranger may have us connect. Everything
 * else is refused: loopback, private, link-local (where clouds keep their metadata), carrier NAT,
 * multicast, reserved, and every IPv6 form that carries an IPv4 address inside (mapped, 6to4,
 * Teredo, NAT64), since a translator on the way could turn it into one of those.
 * Source: IANA special-purpose address registries, as ipaddr.js names their ranges.
 */
export function isPublicAddress(text: string): boolean {
  // Refuses "0177.1", "2130706433" and other writings that resolvers take for addresses.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address instanceof ipaddr.IPv6) {
    // The library takes "::7f00:1" (127.0.0.1 in the old compatible form) for ordinary.
    if (address.zoneId !== undefined || !address.match(GLOBAL_UNICAST)) return false;
  }
  return address.range() === 'unicast';
}
