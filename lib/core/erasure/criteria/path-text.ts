import { fieldPathFault } from '../../data-map/field-path.ts';

/** Deepest path, in keys. */
const MAX_KEYS = 32;

export type PathOutcome = { ok: true; segments: readonly string[] } | { ok: false; reason: string };

/** Reads a path as a criterion writes it: `user.name`, or `["a.b","c"]` when a key holds a dot. */
export function parsePath(text: string): PathOutcome {
  let segments: readonly string[];
  if (text.startsWith('[')) {
    const keys = parseKeys(text);
    if (keys === undefined) {
      return { ok: false, reason: 'a path that begins with "[" must be a JSON array of keys' };
    }
    segments = keys;
  } else segments = text.split('.');
  const fault = fieldPathFault(segments);
  if (fault !== undefined) return { ok: false, reason: fault };
  if (segments.length > MAX_KEYS) {
    return {
      ok: false,
      reason: `a path has at most ${MAX_KEYS} keys, this one ${segments.length}`,
    };
  }
  return { ok: true, segments };
}

function parseKeys(text: string): string[] | undefined {
  try {
    const keys: unknown = JSON.parse(text);
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys;
  } catch {
    // Said by the caller.
  }
  return undefined;
}
