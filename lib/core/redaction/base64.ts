const STRANGE = /[^A-Za-z0-9+/]/;

/**
 * Whether a text is padded base64 and nothing else: Node's decoder would pass over what it does not
 * know. For texts of any length; a pattern with groups would overflow the stack at some megabytes.
 */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return !STRANGE.test(padding === 0 ? text : text.slice(0, -padding));
}
