import { Buffer } from 'node:buffer';

import { jsonFault } from '../../json/fault.ts';
import { JsonReader, TOKEN } from '../../json/reader.ts';
import { decodeString } from '../../json/text.ts';
import { ANY_KEY, type KeyCensus } from '../keys/key-census.ts';
import { looksLikeData } from '../values/detectors.ts';

/** JSON in a string of JSON in a string …: so deep it is followed. */
const MAX_EMBEDDED = 4;
/** Deeper fields are observed as the field at that depth. */
const MAX_DEPTH = 32;

/** Takes the values of a row. */
export interface ValueTaker {
  /** Where keys of objects are counted. */
  readonly census: KeyCensus;
  /** `reach`: how many of the segments a data map can name. */
  take(segments: readonly string[], reach: number, text: string, isNumber: boolean): void;
}

export interface Place {
  segments: readonly string[];
  reach: number;
}

export const ROOT: Place = { segments: [], reach: Infinity };

/**
 * Hands on every string and number of a JSON text with its path; arrays are passed through. Answers
 * why the text is no JSON, in words that hold none of it, or undefined.
 */
export function readJsonValues(
  bytes: Uint8Array,
  from: number,
  to: number,
  taker: ValueTaker,
  root: Place = ROOT,
  embedded = 0,
): string | undefined {
  const reader = new JsonReader();
  reader.open(bytes, from, to);
  /** The place of each open container. */
  const places: Place[] = [];
  let place = root;
  for (let token = reader.next(); ; token = reader.next()) {
    switch (token) {
      case TOKEN.fault:
        return `it is no JSON (${jsonFault(bytes, from, to, reader.start)})`;
      case TOKEN.end:
        return undefined;
      case TOKEN.openObject:
        taker.census.open(place.segments);
        places.push(place);
        continue;
      case TOKEN.openArray:
        places.push(place);
        continue;
      case TOKEN.closeObject:
      case TOKEN.closeArray:
        places.pop();
        break;
      case TOKEN.key:
        place = below(places.at(-1)!, decodeString(bytes, reader.start, reader.end), taker);
        continue;
      case TOKEN.string:
        takeText(place, decodeString(bytes, reader.start, reader.end), taker, embedded);
        break;
      case TOKEN.number: {
        const text = Buffer.from(bytes.subarray(reader.start, reader.end)).toString('latin1');
        taker.take(place.segments, place.reach, text, true);
        break;
      }
      default:
        break;
    }
    // Further elements of an array lie where the array lies.
    place = places.at(-1) ?? root;
  }
}

/** A column that a schema names; one whose name is data none the less is not shown. */
export function columnPlace(name: string): Place {
  return looksLikeData(name)
    ? { segments: [ANY_KEY], reach: 0 }
    : { segments: [name], reach: Infinity };
}

/** The place of a key's value. A key that is data is a value too. */
export function below({ segments, reach }: Place, key: string, taker: ValueTaker): Place {
  if (segments.length >= MAX_DEPTH) return { segments, reach };
  if (!looksLikeData(key)) {
    return { segments: [...segments, taker.census.note(segments, key)], reach };
  }
  const place = { segments: [...segments, ANY_KEY], reach: Math.min(reach, segments.length) };
  taker.take(place.segments, place.reach, key, false);
  return place;
}

/** A text value; one that is JSON is read into as well. */
export function takeText(place: Place, text: string, taker: ValueTaker, embedded = 0): void {
  const first = text.trimStart()[0];
  if ((first === '{' || first === '[') && embedded < MAX_EMBEDDED && place.segments.length > 0) {
    const bytes = Buffer.from(text);
    const held: Parameters<ValueTaker['take']>[] = [];
    const { census } = taker;
    const holder: ValueTaker = { census, take: (...value) => void held.push(value) };
    const inner = { segments: place.segments, reach: Math.min(place.reach, place.segments.length) };
    if (readJsonValues(bytes, 0, bytes.length, holder, inner, embedded + 1) === undefined) {
      for (const value of held) taker.take(...value);
      return;
    }
  }
  taker.take(place.segments, place.reach, text, false);
}
