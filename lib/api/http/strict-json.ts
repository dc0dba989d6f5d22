import { decodeString } from '../../core/json/text.ts';
import { JsonReader, TOKEN } from '../../core/json/reader.ts';

/** Deepest nesting taken; no body of the API needs more than 8. */
const MAX_NESTING = 32;

export type StrictJson =
  | { ok: true; value: unknown }
  | { ok: false; reason: 'not-json' | 'too-deep' | 'duplicate-key' | 'unsafe-key' };

/**
 * Reads one JSON text as only one reader can understand it: strict UTF-8 and RFC 8259, no name twice
 * in an object (two readers would pick different ones), no name that reaches a prototype.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  const reader = new JsonReader();
  reader.open(bytes, 0, bytes.length);
  const names: (Set<string> | undefined)[] = [];
  for (let token = reader.next(); ; token = reader.next()) {
    if (token === TOKEN.fault) return { ok: false, reason: 'not-json' };
    if (token === TOKEN.end) break;
    if (token === TOKEN.openObject || token === TOKEN.openArray) {
      if (names.length === MAX_NESTING) return { ok: false, reason: 'too-deep' };
      names.push(token === TOKEN.openObject ? new Set() : undefined);
    } else if (token === TOKEN.closeObject || token === TOKEN.closeArray) {
      names.pop();
    } else if (token === TOKEN.key) {
      const name = decodeString(bytes, reader.start, reader.end);
      const seen = names.at(-1);
      if (seen?.has(name)) return { ok: false, reason: 'duplicate-key' };
      if (name === '__proto__') return { ok: false, reason: 'unsafe-key' };
      seen?.add(name);
    }
  }
  return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
}
