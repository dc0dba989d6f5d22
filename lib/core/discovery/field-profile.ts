import { confidenceOf, PRIOR } from './confidence.ts';
import { readKey, type KeyReading } from './keys/read-key.ts';
import type { Kind } from './kinds.ts';
import { maskValue } from './mask.ts';
import { birthYear } from './values/dates.ts';
import { DETECTORS, type Detector } from './values/detectors.ts';
import { isPlausible } from './values/plausible.ts';

/** Different values of a field that are told apart; beyond, only shares are counted. */
const DISTINCT = 256;
/** Examples of a field that are shown. */
export const EXAMPLES = 3;
/** Longest value that a detector of whole values is asked about. */
const LONGEST = 512;

/** Birth dates without a key that says so: so many different years, half of them so long ago. */
const BIRTH_YEARS = 20;
const GROWN_UP = 18;
const BY_DISTRIBUTION = 0.6;

interface Tally {
  fits: number;
  distinctFits: number;
  examples: Set<string>;
}

export interface LikelyKind {
  kind: Kind;
  confidence: number;
  /** Part of the sampled values that are so, 0 to 1. */
  share: number;
  examples: readonly string[];
}

/** What the sampled values of one field look like. Keeps counts, hashes and masked examples only. */
export class FieldProfile {
  readonly #key: KeyReading;
  readonly #thisYear: number;
  readonly #distinct = new Set<number>();
  readonly #detected = new Map<Detector, Tally>();
  readonly #plausible: Tally = emptyTally();
  readonly #dates: Tally = emptyTally();
  readonly #years = new Set<number>();
  #grownUp = 0;
  #objects = 0;
  #lastObject = -1;
  #values = 0;

  constructor(segments: readonly string[], thisYear: number) {
    this.#key = readKey(segments);
    this.#thisYear = thisYear;
  }

  /** Objects that had the field. */
  get objects(): number {
    return this.#objects;
  }

  get values(): number {
    return this.#values;
  }

  observe(text: string, isNumber: boolean, object: number): void {
    const value = text.trim();
    if (value === '') return;
    if (object !== this.#lastObject) this.#objects++;
    this.#lastObject = object;
    this.#values++;
    const isNew = this.#distinct.size < DISTINCT && this.#add(hashOf(value));
    for (const detector of DETECTORS) {
      if (value.length > LONGEST && detector.kind !== 'free-text') continue;
      if (!detector.recognises(value)) continue;
      let tally = this.#detected.get(detector);
      if (tally === undefined) this.#detected.set(detector, (tally = emptyTally()));
      count(tally, detector.kind, value, isNew);
    }
    if (value.length > LONGEST) return;
    const { kind } = this.#key;
    if (kind !== undefined && isPlausible(kind, value, isNumber, this.#thisYear)) {
      count(this.#plausible, kind, value, isNew);
    }
    if (!isNumber) this.#observeDate(value, isNew);
  }

  /** The likeliest kind. */
  judge(): LikelyKind | undefined {
    const found = [...this.#byValue(), ...this.#byKey(), ...this.#byDistribution()];
    return found.sort((a, b) => b.confidence - a.confidence)[0];
  }

  #add(hash: number): boolean {
    const before = this.#distinct.size;
    return this.#distinct.add(hash).size > before;
  }

  #observeDate(value: string, isNew: boolean): void {
    const year = birthYear(value, this.#thisYear);
    if (year === undefined || !/\D/.test(value)) return;
    count(this.#dates, 'birth-date', value, isNew);
    this.#years.add(year);
    if (this.#thisYear - year >= GROWN_UP) this.#grownUp++;
  }

  *#byValue(): Generator<LikelyKind> {
    for (const [detector, tally] of this.#detected) {
      const { kind, chance, telling, needsKey } = detector;
      const agrees = this.#agrees(kind);
      if (needsKey === true && !agrees) continue;
      const share = tally.fits / this.#values;
      const confidence = confidenceOf({
        prior: agrees ? this.#prior() : this.#key.technical ? PRIOR.technical : PRIOR.none,
        chance,
        telling,
        share,
        distinct: this.#distinct.size,
        distinctFits: tally.distinctFits,
      });
      yield { kind, confidence, share, examples: [...tally.examples] };
    }
  }

  *#byKey(): Generator<LikelyKind> {
    const { kind } = this.#key;
    if (kind === undefined || this.#plausible.fits === 0) return;
    const share = this.#plausible.fits / this.#values;
    const confidence = this.#prior() * share;
    yield { kind, confidence, share, examples: [...this.#plausible.examples] };
  }

  *#byDistribution(): Generator<LikelyKind> {
    const { fits, examples } = this.#dates;
    if (this.#key.technical || this.#years.size < BIRTH_YEARS || this.#grownUp * 2 < fits) return;
    const share = fits / this.#values;
    const confidence = BY_DISTRIBUTION * share;
    yield { kind: 'birth-date', confidence, share, examples: [...examples] };
  }

  #agrees(kind: Kind): boolean {
    const promised = this.#key.kind;
    // A key that says "passport" agrees with any country's number.
    return promised === kind || (promised === 'national-id' && NATIONAL.has(kind));
  }

  #prior(): number {
    return PRIOR[this.#key.agreement ?? 'none'];
  }
}

const NATIONAL = new Set<Kind>([
  'us-ssn',
  'nl-bsn',
  'de-tax-id',
  'fr-nir',
  'es-dni',
  'uk-nino',
  'it-codice-fiscale',
  'pl-pesel',
  'se-personnummer',
  'br-cpf',
]);

function emptyTally(): Tally {
  return { fits: 0, distinctFits: 0, examples: new Set() };
}

function count(tally: Tally, kind: Kind, value: string, isNew: boolean): void {
  tally.fits++;
  if (isNew) tally.distinctFits++;
  if (tally.examples.size < EXAMPLES) tally.examples.add(maskValue(kind, value));
}

/** FNV-1a, 32 bits: tells values apart without keeping them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
