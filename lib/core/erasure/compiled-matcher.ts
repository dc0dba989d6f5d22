import { decimalText } from '../json/decimal-text.ts';
import type { NormaliseRule } from '../suppression/normalise.ts';
import { ATOM, type CompiledCriteria } from './criteria/compiler.ts';
import { daysOfDate, nanosecondsOfTimestamp } from './iso-time.ts';
import type { CriterionPath, Hit, Matcher, TypedValue, WantedValue } from './matcher.ts';
import { normalisedText } from './normalised-text.ts';
import { shapeFulfilled } from './shapes.ts';
import { FLAG, PART, ValueTable } from './value-table.ts';

/** The one implementation of {@link Matcher}, on the table that the scanner probes as well. */
export class CompiledMatcher implements Matcher {
  readonly paths: readonly CriterionPath[];
  readonly ignoreCase: boolean;
  readonly strictTypes: boolean;
  readonly rules: readonly NormaliseRule[];
  readonly size: number;
  readonly criteria: CompiledCriteria;
  readonly table: ValueTable;
  /** Entries of a path by what they are when rounded, or by the time they name; made when asked for. */
  readonly #derived = new Map<string, ReadonlyMap<number | bigint, readonly Derived[]>>();

  constructor(criteria: CompiledCriteria) {
    this.criteria = criteria;
    this.table = new ValueTable(criteria.table);
    this.paths = criteria.paths;
    this.ignoreCase = criteria.ignoreCase;
    this.strictTypes = criteria.strictTypes;
    this.rules = criteria.rules;
    this.size = criteria.size;
  }

  probe(path: number, value: TypedValue): Hit | undefined {
    const hit: Gathered = { path, alone: false, atoms: [] };
    switch (value.kind) {
      case 'string':
        this.#string(hit, value.text);
        break;
      case 'number':
        this.#number(hit, this.table.find(path, decimalText(value.decimal) ?? value.decimal));
        break;
      case 'boolean':
        this.#gather(hit, this.table.find(path, String(value.value)), FLAG.boolean, ATOM.boolean);
        break;
      case 'date':
        this.#times(hit, 'date', value.days);
        break;
      case 'timestamp':
        this.#times(hit, 'timestamp', value.nanoseconds);
        break;
      case 'float32':
      case 'float64':
        for (const { entry } of this.#derivedOf(path, value.kind).get(value.value) ?? []) {
          this.#number(hit, entry);
        }
    }
    const written = normalisedText(this.rules[path]!, value);
    if (written !== undefined) {
      this.#gather(hit, this.table.find(path, written), FLAG.string, ATOM.string);
    }
    return hit.alone || hit.atoms.length > 0 ? hit : undefined;
  }

  *wanted(path: number): Iterable<WantedValue> {
    for (const { flags, bytes } of this.table.entries(path)) {
      const any = flags | (flags >> PART);
      const numbers = this.strictTypes ? FLAG.number : FLAG.number | FLAG.numericString;
      yield { bytes, string: (any & FLAG.string) !== 0, number: (any & numbers) !== 0 };
    }
  }

  matches(hits: readonly Hit[]): boolean {
    if (hits.some((hit) => hit.alone)) return true;
    if (hits.length === 0) return false;
    const atoms = new Map<number, Set<number>>();
    for (const hit of hits) {
      const known = atoms.get(hit.path) ?? new Set();
      for (const atom of hit.atoms) known.add(atom);
      atoms.set(hit.path, known);
    }
    return this.criteria.shapes.some((shape, id) => shapeFulfilled(this.table, shape, id, atoms));
  }

  #string(hit: Gathered, text: string): void {
    this.#gather(hit, this.table.find(hit.path, text), FLAG.string, ATOM.string);
    if (this.strictTypes) return;
    const decimal = decimalText(text);
    if (decimal === undefined) return;
    this.#gather(hit, this.table.find(hit.path, decimal), FLAG.number, ATOM.number);
  }

  /** `entry` is that of the number's canonical text. */
  #number(hit: Gathered, entry: number): void {
    this.#gather(hit, entry, FLAG.number, ATOM.number);
    if (entry === 0 || this.strictTypes) return;
    const flags = this.table.flags(entry);
    if ((flags & FLAG.numericString) !== 0) hit.alone = true;
    if ((flags & (FLAG.numericString << PART)) === 0) return;
    if ((flags & (FLAG.string << PART)) !== 0) hit.atoms.push(entry + ATOM.string);
    hit.atoms.push(...(this.criteria.aliases.get(entry) ?? []));
  }

  #times(hit: Gathered, kind: 'date' | 'timestamp', value: number | bigint): void {
    for (const { entry } of this.#derivedOf(hit.path, kind).get(value) ?? []) {
      this.#gather(hit, entry, FLAG.string, ATOM.string);
    }
  }

  #gather(hit: Gathered, entry: number, flag: number, atom: number): void {
    if (entry === 0) return;
    const flags = this.table.flags(entry);
    if ((flags & flag) !== 0) hit.alone = true;
    if ((flags & (flag << PART)) !== 0) hit.atoms.push(entry + atom);
  }

  #derivedOf(path: number, kind: DerivedKind): ReadonlyMap<number | bigint, readonly Derived[]> {
    const name = `${kind} ${path}`;
    let derived = this.#derived.get(name);
    if (derived === undefined) {
      derived = this.#derive(path, kind);
      this.#derived.set(name, derived);
    }
    return derived;
  }

  #derive(path: number, kind: DerivedKind): ReadonlyMap<number | bigint, readonly Derived[]> {
    const isTime = kind === 'date' || kind === 'timestamp';
    const numbers = this.strictTypes ? FLAG.number : FLAG.number | FLAG.numericString;
    const wanted = isTime ? FLAG.string : numbers;
    const derived = new Map<number | bigint, Derived[]>();
    for (const { entry, flags, bytes } of this.table.entries(path)) {
      if (((flags | (flags >> PART)) & wanted) === 0) continue;
      const value = DERIVE[kind](bytes.toString('utf8'));
      if (value === undefined) continue;
      const known = derived.get(value);
      if (known) known.push({ entry });
      else derived.set(value, [{ entry }]);
    }
    return derived;
  }
}

interface Gathered extends Hit {
  alone: boolean;
  atoms: number[];
}

interface Derived {
  entry: number;
}

const DERIVE = {
  float32: (text: string): number | bigint | undefined => Math.fround(Number(text)),
  float64: (text: string): number | bigint | undefined => Number(text),
  date: (text: string): number | bigint | undefined => daysOfDate(text),
  timestamp: (text: string): number | bigint | undefined => nanosecondsOfTimestamp(text),
};
type DerivedKind = keyof typeof DERIVE;
