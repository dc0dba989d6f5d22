import { JsonReader, TOKEN, type Token } from '../../json/reader.ts';
import { decodeString } from '../../json/text.ts';

/** A value within a text: what it begins with, and where it lies. */
export interface Span {
  token: Token;
  start: number;
  end: number;
}

export type MembersOutcome =
  { ok: true; members: ReadonlyMap<string, Span> } | { ok: false; reason: string };

/** The members of the object in `bytes[from, to)`; a key that comes twice is a fault. */
export function membersOf(bytes: Uint8Array, from: number, to: number): MembersOutcome {
  const reader = new JsonReader();
  reader.open(bytes, from, to);
  if (reader.next() !== TOKEN.openObject) return { ok: false, reason: 'it is not a JSON object' };
  const members = new Map<string, Span>();
  let token = reader.next();
  while (token === TOKEN.key) {
    const name = decodeString(bytes, reader.start, reader.end);
    token = reader.next();
    const start = reader.start;
    const isContainer = token === TOKEN.openObject || token === TOKEN.openArray;
    if (token === TOKEN.fault || (isContainer && !reader.skip())) break;
    if (members.has(name)) {
      return { ok: false, reason: `the key ${JSON.stringify(name)} comes twice` };
    }
    members.set(name, { token, start, end: reader.end });
    token = reader.next();
  }
  if (token === TOKEN.closeObject) token = reader.next();
  if (token !== TOKEN.end) return { ok: false, reason: 'it is not valid JSON' };
  return { ok: true, members };
}

/** The text of a span that holds a string, else undefined. */
export function stringOf(bytes: Uint8Array, span: Span | undefined): string | undefined {
  if (span?.token !== TOKEN.string) return undefined;
  return decodeString(bytes, span.start, span.end);
}
