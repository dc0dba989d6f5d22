import { decimalText } from '../../json/decimal-text.ts';
import { normaliseIdentifier, type NormaliseRule } from '../../suppression/normalise.ts';
import type { CriterionPath } from '../matcher.ts';
import { FLAG, PART, ValueTable, ValueTableBuilder, type SharedTable } from '../value-table.ts';
import type { Condition, CriterionValue } from './parse-criterion.ts';
import { PathIds } from './path-ids.ts';

/** How criteria are compared; see matcher.ts. */
export interface MatcherOptions {
  /** @default false */
  strictTypes?: boolean;
  /** @default false */
  ignoreCase?: boolean;
}

/** Kinds of atoms: entries lie at multiples of 8, so that the low bits are free to tell. */
export const ATOM = { string: 0, number: 1, boolean: 3 } as const;

/** Finished criteria: plain data and shared memory, so that threads can be sent them. */
export interface CompiledCriteria {
  table: SharedTable;
  paths: readonly CriterionPath[];
  /** By path id; see Matcher. */
  rules: readonly NormaliseRule[];
  strictTypes: boolean;
  ignoreCase: boolean;
  size: number;
  /** Path ids, ascending, of each set of paths that criteria name together. */
  shapes: readonly (readonly number[])[];
  /** Of a number's entry: string atoms that are written otherwise but are the same number. */
  aliases: ReadonlyMap<number, readonly number[]>;
}

/** Why a criterion can't stand beside those before it. */
export type AddFault =
  /** There would be more than MAX_PATHS. */
  | 'too-many-paths'
  /** A path of it is compared by another rule in a criterion before. */
  | 'other-rule';

/** Turns conditions into a table, one criterion after the other. */
export class CriteriaCompiler {
  readonly builder = new ValueTableBuilder();
  readonly #ids: PathIds;
  readonly #options: MatcherOptions;
  /** By path id. */
  readonly #rules: NormaliseRule[] = [];
  #size = 0;
  readonly #shapes: number[][] = [];
  readonly #shapeIds = new Map<string, number>();
  /** For each criterion of several paths: its shape, then its atoms, not yet merged. */
  readonly #tuples: number[] = [];
  /** Pairs of a number's entry and the atom of a string written otherwise, not yet merged. */
  readonly #aliases: [number, number][] = [];

  constructor(options: MatcherOptions) {
    this.#options = options;
    this.#ids = new PathIds(options.ignoreCase === true);
  }

  /** The id of a path, or undefined when there would be too many of them. */
  pathId(path: CriterionPath): number | undefined {
    return this.#ids.of(path);
  }

  /** Counts criteria whose entries were made without {@link add}. */
  count(criteria: number): void {
    this.#size += criteria;
  }

  /** Answers why it can't be taken, if so. */
  add(conditions: readonly Condition[]): AddFault | undefined {
    const placed: { path: number; value: CriterionValue }[] = [];
    for (const { path, value, normalise = 'exact' } of conditions) {
      const id = this.#ids.of(path);
      if (id === undefined) return 'too-many-paths';
      // Otherwise a value that one criterion means as it is would meet rows by another's rule.
      if ((this.#rules[id] ??= normalise) !== normalise) return 'other-rule';
      placed.push({ path: id, value: written(normalise, value) });
    }
    this.#size++;
    if (placed.length === 1) this.#addValue(placed[0]!.path, placed[0]!.value, 0);
    else this.#addTuple(placed);
    return undefined;
  }

  compile(seed: number): CompiledCriteria {
    const criteria = this.#tuples.length;
    let table = this.builder.seal(seed, criteria);
    const merging = new ValueTable(table);
    const merge = (atom: number) => merging.merged(atom - (atom & 7)) + (atom & 7);
    for (let at = 0; at < this.#tuples.length;) {
      const shape = this.#tuples[at++]!;
      const atoms = this.#shapes[shape]!.map(() => merge(this.#tuples[at++]!));
      this.builder.addTuple(shape, atoms);
    }
    table = this.builder.extend(table);
    const aliases = new Map<number, number[]>();
    for (const [number, atom] of this.#aliases) {
      const entry = merging.merged(number);
      const merged = merge(atom);
      const known = aliases.get(entry) ?? [];
      if (!known.includes(merged)) aliases.set(entry, [...known, merged]);
    }
    return {
      table,
      paths: this.#ids.paths,
      rules: this.#ids.paths.map((_, id) => this.#rules[id] ?? 'exact'),
      strictTypes: this.#options.strictTypes === true,
      ignoreCase: this.#options.ignoreCase === true,
      size: this.#size,
      shapes: this.#shapes,
      aliases,
    };
  }

  #addTuple(placed: { path: number; value: CriterionValue }[]): void {
    placed.sort((a, b) => a.path - b.path);
    const shape = placed.map(({ path }) => path);
    const name = shape.join();
    let id = this.#shapeIds.get(name);
    if (id === undefined) {
      id = this.#shapes.push(shape) - 1;
      this.#shapeIds.set(name, id);
    }
    this.#tuples.push(id, ...placed.map(({ path, value }) => this.#addValue(path, value, PART)));
  }

  /** Adds a value's entries and answers its atom. */
  #addValue(path: number, value: CriterionValue, shift: number): number {
    switch (value.kind) {
      case 'boolean':
        return this.builder.add(path, String(value.value), FLAG.boolean << shift) + ATOM.boolean;
      case 'number':
        return (
          this.builder.add(path, decimalText(value.decimal)!, FLAG.number << shift) + ATOM.number
        );
      case 'string':
        return this.#addString(path, value.text, shift);
    }
  }

  #addString(path: number, text: string, shift: number): number {
    const decimal = decimalText(text);
    if (decimal === text) {
      return this.builder.add(path, text, (FLAG.string | FLAG.numericString) << shift);
    }
    const atom = this.builder.add(path, text, FLAG.string << shift);
    if (decimal !== undefined) {
      const number = this.builder.add(path, decimal, FLAG.numericString << shift);
      if (shift === PART) this.#aliases.push([number, atom]);
    }
    return atom;
  }
}

/** A value as the rule of its path writes it: rows are met by what is written alike. */
function written(rule: NormaliseRule, value: CriterionValue): CriterionValue {
  return value.kind === 'string'
    ? { kind: 'string', text: normaliseIdentifier(rule, value.text) }
    : value;
}
