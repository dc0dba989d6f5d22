import { isKnownKey } from './known-words.ts';

/** Stands for keys that are data themselves, such as an e-mail address or a customer's number. */
export const ANY_KEY = '*';

/** Different unknown keys at one place that are counted; a place with more is a map. */
const MOST_KEYS = 1000;
/** A key that is no known word is a name of a field when so many objects have it … */
const OFTEN = 8;
/** … and at least so large a part of those at its place; of a known word that is like a name, so. */
const PART = 0.25;
const PART_KNOWN = 0.5;

/** `Page` and `Weight` are surnames too. */
const NAME_LIKE = /^\p{Lu}\p{Ll}+$/u;

interface Place {
  /** Objects that were met here, and their keys that are known and like no name. */
  objects: number;
  known: number;
  /** How often each key was met that is not known, or that is like a name. */
  counts: Map<string, number>;
}

/**
 * Counts the keys of objects, to tell names of fields from keys that are data: a map by person has
 * names and mailboxes for keys. A key is shown if its words are known, or if it stands beside known
 * ones in object after object; in doubt it is not. A known word that is like a name is doubted where
 * other keys are.
 */
export class KeyCensus {
  readonly #places = new Map<string, Place>();

  /** An object at a place was met. */
  open(place: readonly string[]): void {
    this.#at(place).objects++;
  }

  /** Answers what the key is called from now on: itself, or {@link ANY_KEY} in what proved a map. */
  note(place: readonly string[], key: string): string {
    const met = this.#at(place);
    if (isKnownKey(key) && !NAME_LIKE.test(key)) {
      met.known++;
      return key;
    }
    const before = met.counts.get(key);
    if (before === undefined && met.counts.size >= MOST_KEYS) return ANY_KEY;
    met.counts.set(key, (before ?? 0) + 1);
    return key;
  }

  /** The path with {@link ANY_KEY} for each key that may be data. */
  shown(segments: readonly string[]): string[] {
    return segments.map((key, depth) => {
      const place = this.#places.get(JSON.stringify(segments.slice(0, depth)));
      return place === undefined || isName(place, key) ? key : ANY_KEY;
    });
  }

  #at(place: readonly string[]): Place {
    const id = JSON.stringify(place);
    let met = this.#places.get(id);
    if (met === undefined) {
      met = { objects: 0, known: 0, counts: new Map() };
      this.#places.set(id, met);
    }
    return met;
  }
}

function isName(place: Place, key: string): boolean {
  const times = place.counts.get(key);
  if (times === undefined || isFrequent(place, key, times)) return true;
  if (!isKnownKey(key)) return false;
  return [...place.counts].every(
    ([other, count]) => isKnownKey(other) || isFrequent(place, other, count),
  );
}

function isFrequent({ objects, known }: Place, key: string, times: number): boolean {
  if (isKnownKey(key)) return times >= objects * PART_KNOWN;
  // An object none of whose keys is a known word is a map, however often it comes back.
  const isMap = known < objects * PART;
  return !isMap && times >= OFTEN && times >= objects * PART;
}
