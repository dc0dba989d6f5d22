import { TUPLE_PATH, type ValueTable } from './value-table.ts';

/** Beyond so many combinations it is cheaper to go through all criteria instead. */
const MAX_COMBINATIONS = 100_000;

/**
 * Whether a row whose values met `atoms`, by path id, fulfils a criterion of this shape: one that
 * names just these paths. A row with long lists at several paths cannot make this endless.
 */
export function shapeFulfilled(
  table: ValueTable,
  shape: readonly number[],
  id: number,
  atoms: ReadonlyMap<number, ReadonlySet<number>>,
): boolean {
  let combinations = 1;
  const choices: number[][] = [];
  for (const path of shape) {
    const met = atoms.get(path);
    if (met === undefined || met.size === 0) return false;
    combinations *= met.size;
    choices.push([...met]);
  }
  if (combinations > MAX_COMBINATIONS) return someCriterion(table, shape, id, atoms);
  return someCombination(table, id, choices, []);
}

function someCombination(
  table: ValueTable,
  id: number,
  choices: readonly number[][],
  chosen: readonly number[],
): boolean {
  const next = choices[chosen.length];
  if (next === undefined) return table.findTuple(id, chosen) !== 0;
  return next.some((atom) => someCombination(table, id, choices, [...chosen, atom]));
}

function someCriterion(
  table: ValueTable,
  shape: readonly number[],
  id: number,
  atoms: ReadonlyMap<number, ReadonlySet<number>>,
): boolean {
  for (const { bytes } of table.entries(TUPLE_PATH)) {
    if (bytes.readUInt32LE(0) !== id) continue;
    if (shape.every((path, at) => atoms.get(path)!.has(bytes.readUInt32LE(4 + at * 4))))
      return true;
  }
  return false;
}
