/**
 * The words of a key in small letters without accents: `customerEMailAddress`, `Geburts-Datum` and
 * `IPAddr2` are "customer e mail address", "geburts datum" and "ip addr".
 */
export function wordsOf(key: string): string[] {
  return key
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}
