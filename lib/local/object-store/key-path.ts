/**
 * Object keys as paths on disk. Ordinary keys keep their look (`phi-data/2026/11/21/x.jsonl`);
 * everything that a file system might read otherwise is written as `%XX`, byte by byte, so that
 * `../`, NUL, two Unicode writings of one letter, and names of 1,024 bytes are all safe and apart.
 * A long segment is cut into folders; the cut depends only on what stands before it, so that the
 * order of keys can be read off the folders.
 */

/** Object keys hold at most 1,024 bytes of UTF-8 (Amazon S3 User Guide, object key names). */
const MAXIMUM_KEY_BYTES = 1024;

/** A segment is cut once it costs so many characters; file systems allow 255 bytes a name. */
const CUT_AT = 200;

/** `%` stands for itself only as `%25`, so no encoded key can look like one of these. */
export const SUFFIX = {
  continues: '%continues',
  versions: '%versions',
  object: '%object',
} as const;
const EMPTY = '%empty';

/** A key that no object can have. */
export class ObjectKeyError extends Error {
  override readonly name = 'ObjectKeyError';
}

export interface KeyEncoding {
  /** Whether the file system takes "A" and "a" for one name. */
  foldsCase: boolean;
}

function isPlain(character: string, { foldsCase }: KeyEncoding): boolean {
  return (foldsCase ? /^[a-z0-9_=+,@~-]$/ : /^[A-Za-z0-9_=+,@~-]$/).test(character);
}

function escape(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character, 'utf8')) {
    text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

/** One segment as one or more names; all but the last are folders that continue it. */
function encodeSegment(segment: string, encoding: KeyEncoding): string[] {
  const names: string[] = [];
  let name = '';
  let cost = 0;
  for (const character of segment) {
    const plain = isPlain(character, encoding);
    // A dot is plain unless it ends the name, but costs the same everywhere: see the cut above.
    name += plain || character === '.' ? character : escape(character);
    cost += plain ? 1 : 3 * Buffer.byteLength(character);
    if (cost >= CUT_AT) {
      names.push(name + SUFFIX.continues);
      name = '';
      cost = 0;
    }
  }
  if (name === '') return [...names, EMPTY];
  return [...names, name.endsWith('.') ? `${name.slice(0, -1)}%2E` : name];
}

/** The names that lead to a key: folders first, then its own. */
export function encodeKey(key: string, encoding: KeyEncoding): string[] {
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length === 0 || bytes.length > MAXIMUM_KEY_BYTES) {
    throw new ObjectKeyError(
      `an object key holds 1 to ${MAXIMUM_KEY_BYTES} bytes, not ${bytes.length}`,
    );
  }
  if (bytes.toString('utf8') !== key) {
    throw new ObjectKeyError('an object key must be well-formed Unicode (it has a lone surrogate)');
  }
  return key.split('/').flatMap((segment) => encodeSegment(segment, encoding));
}

/** What one name stands for, or undefined when it is no name of ours. `%empty` gives "". */
export function decodeName(name: string): string | undefined {
  if (name === EMPTY) return '';
  if (/%(?![0-9A-F]{2})/.test(name)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '%') {
      bytes.push(Number.parseInt(name.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(name.charCodeAt(at));
  }
  return Buffer.from(bytes).toString('utf8');
}
