import { fieldPathFault, printPath, segmentsOf } from '../data-map/field-path.ts';
import type { Category, DataMap } from '../data-map/schema.ts';
import { CorruptObject, type FormatName, type ObjectSource } from '../erasure/format.ts';
import { ParquetFault } from '../erasure/parquet/fault.ts';
import { REPORTED } from './confidence.ts';
import { EXAMPLES, FieldProfile } from './field-profile.ts';
import { ANY_KEY, KeyCensus } from './keys/key-census.ts';
import { KINDS, type Kind } from './kinds.ts';
import { mappedFields } from './mapped-fields.ts';
import { sampleObject, type SampleLimits } from './rows/sample-object.ts';

/** Fields beyond are not told apart; the sampling then counts as incomplete. */
const MOST_FIELDS = 10_000;

/** A field that looks like personal data and is in no store of the data map. */
export interface Finding {
  /** Keys, outermost first; `*` stands for keys that are data themselves. */
  segments: readonly string[];
  kind: Kind;
  label: string;
  category: Category;
  /** See confidence.ts, 0 to 1. */
  confidence: number;
  /** Objects of the sample that have the field, and values that were looked at. */
  objects: number;
  values: number;
  /** Part of the values that look so, 0 to 1. */
  share: number;
  /** Masked; at most three. */
  examples: readonly string[];
  /** What the data map would name; undefined where no path can. */
  mapPath: readonly string[] | undefined;
}

/** How an object was sampled. Reasons hold none of its bytes. */
export type SampledObject =
  | { outcome: 'read'; format: FormatName | undefined; rows: number }
  /** Wholly or in some rows: what it holds is not known. */
  | { outcome: 'unreadable'; rows: number; reason: string };

interface Field {
  profile: FieldProfile;
  segments: readonly string[];
  reach: number;
}

/** Collects what the fields of many objects look like, and answers those that the map lacks. */
export class Discovery {
  readonly #isMapped: (segments: readonly string[]) => boolean;
  readonly #thisYear: number;
  readonly #census = new KeyCensus();
  readonly #fields = new Map<string, Field | undefined>();
  #profiled = 0;
  #leftOut = false;
  #objects = 0;

  constructor(map: DataMap, thisYear: number) {
    this.#isMapped = mappedFields(map);
    this.#thisYear = thisYear;
  }

  /** Whether there were more fields than are told apart. */
  get isIncomplete(): boolean {
    return this.#leftOut;
  }

  async sample(source: ObjectSource, limits: SampleLimits): Promise<SampledObject> {
    const object = this.#objects++;
    const taker = {
      census: this.#census,
      take: (segments: readonly string[], reach: number, text: string, isNumber: boolean): void =>
        this.#field(segments, reach)?.profile.observe(text, isNumber, object),
    };
    try {
      const { format, rows, unreadable, fault } = await sampleObject(source, limits, taker);
      if (fault === undefined) return { outcome: 'read', format, rows };
      const reason = `${unreadable} of ${rows} sampled rows can't be read; the first: ${fault}`;
      return { outcome: 'unreadable', rows, reason };
    } catch (error) {
      if (error instanceof CorruptObject) {
        return { outcome: 'unreadable', rows: 0, reason: error.reason };
      }
      if (error instanceof ParquetFault) {
        return { outcome: 'unreadable', rows: 0, reason: error.message };
      }
      throw error;
    }
  }

  /** The surest first. */
  findings(): Finding[] {
    const findings = new Map<string, Finding>();
    for (const field of this.#fields.values()) {
      const likely = field?.profile.judge();
      if (field === undefined || likely === undefined || likely.confidence < REPORTED) continue;
      const { profile, reach } = field;
      const segments = this.#census.shown(field.segments);
      const hidden = segments.indexOf(ANY_KEY);
      const finding = {
        segments,
        ...KINDS[likely.kind],
        ...likely,
        objects: profile.objects,
        values: profile.values,
        mapPath: nameable(segments.slice(0, hidden < 0 ? reach : Math.min(reach, hidden))),
      };
      const id = JSON.stringify([segments, likely.kind]);
      findings.set(id, together(findings.get(id), finding));
    }
    return [...findings.values()].sort(
      (a, b) =>
        b.confidence - a.confidence || (printPath(a.segments) < printPath(b.segments) ? -1 : 1),
    );
  }

  /** Undefined for a field that the map has. */
  #field(segments: readonly string[], reach: number): Field | undefined {
    const id = JSON.stringify(segments);
    if (this.#fields.has(id)) return this.#fields.get(id);
    if (this.#isMapped(segments)) {
      if (this.#fields.size < MOST_FIELDS) this.#fields.set(id, undefined);
      return undefined;
    }
    if (this.#profiled >= MOST_FIELDS) {
      this.#leftOut = true;
      return undefined;
    }
    this.#profiled++;
    const field = { profile: new FieldProfile(segments, this.#thisYear), segments, reach };
    this.#fields.set(id, field);
    return field;
  }
}

/** Fields that differ in hidden keys alone are one. */
function together(one: Finding | undefined, other: Finding): Finding {
  if (one === undefined) return other;
  const values = one.values + other.values;
  return {
    ...one,
    confidence: Math.max(one.confidence, other.confidence),
    objects: Math.max(one.objects, other.objects),
    values,
    share: (one.share * one.values + other.share * other.values) / values,
    examples: [...new Set([...one.examples, ...other.examples])].slice(0, EXAMPLES),
  };
}

function nameable(segments: readonly string[]): readonly string[] | undefined {
  return segments.length > 0 && fieldPathFault(segments) === undefined ? segments : undefined;
}

/** The entries that an archive's `fields` would need, one each, none within another. */
export function mapEntries(findings: readonly Finding[]): string[] {
  const entries = new Map<string, { path: readonly string[]; category: Category }>();
  for (const { mapPath, category } of findings) {
    if (mapPath === undefined) continue;
    const id = JSON.stringify(mapPath);
    if (!entries.has(id)) entries.set(id, { path: mapPath, category });
  }
  const all = [...entries.values()];
  return all
    .filter(({ path }) => !all.some((other) => other.path !== path && encloses(other.path, path)))
    .map(({ path, category }) => {
      const dotted = path.some((key) => key.includes('.'));
      const written = dotted ? `[${path.map(literal).join(', ')}]` : literal(path.join('.'));
      return `{ path: ${written}, category: '${category}', erase: 'delete-row' },`;
    });
}

function encloses(outer: readonly string[], inner: readonly string[]): boolean {
  return segmentsOf(outer).every((key, at) => inner[at] === key);
}

/** A TypeScript string in ASCII, whatever the key holds. */
function literal(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, '\\$&')
    .replaceAll(
      /[^\p{L}\p{N}\p{P}\p{S} ]/gu,
      (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
    );
  return `'${escaped}'`;
}
