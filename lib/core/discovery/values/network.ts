/** Four numbers of at most 255; not one that every machine has. */
export function isIpv4(text: string): boolean {
  if (!/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)) return false;
  return !/^(0|127|255)\./.test(text);
}

/** An IPv4 that could not be a version as well: a version's parts seldom exceed 30. */
export function isPlainIpv4(text: string): boolean {
  return isIpv4(text) && text.split('.').some((part) => Number(part) > 30);
}

/** RFC 4291, section 2.2; neither loopback nor unspecified. A time such as 12:34:56 is none. */
export function isIpv6(text: string): boolean {
  const [address = ''] = text.split('%');
  if (address.length < 7 || !/^[\da-fA-F:]+(\.\d+){0,3}$/.test(address)) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const embedded = groups.at(-1)?.includes('.') === true ? groups.pop() : undefined;
  if (embedded !== undefined && !isIpv4(embedded)) return false;
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  const width = groups.length + (embedded === undefined ? 0 : 2);
  return halves.length === 2 ? width >= 2 && width < 8 : width === 8;
}

/** IEEE 802, in the three common writings; neither all zeros nor broadcast. */
export function isMac(text: string): boolean {
  if (!/^[\da-f]{2}([:-])([\da-f]{2}\1){4}[\da-f]{2}$|^([\da-f]{4}\.){2}[\da-f]{4}$/i.test(text)) {
    return false;
  }
  return !/^(0+|f+)$/i.test(text.replaceAll(/[:.-]/g, ''));
}

/** RFC 9110, section 10.1.5, as browsers and their kin write it. */
export function isUserAgent(text: string): boolean {
  return (
    /^(Mozilla|Opera|Dalvik)\/\d+\.\d+[ (]/.test(text) ||
    /^\S+\/[\d.]+ \(.*(iPhone|iPad|Android|Windows NT|Macintosh)/.test(text)
  );
}
