import { corrupt, unsupported } from '../fault.ts';
import { logicalTypeOf, type LogicalType } from './logical-type.ts';
import type { ThriftStruct } from '../thrift/thrift-value.ts';

export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  int96: 3,
  float: 4,
  double: 5,
  byteArray: 6,
  fixed: 7,
} as const;

/** A column: where values lie. */
export interface Leaf {
  /** Its place among the columns of each row group. */
  readonly column: number;
  readonly physical: number;
  /** In bytes; 0 for byte arrays and booleans, which have no fixed width. */
  readonly width: number;
  readonly logical: LogicalType;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** As one reads it, for messages. */
  readonly name: string;
}

export interface SchemaNode {
  readonly name: string;
  readonly repeated: boolean;
  /** Repetition level that a new element of this very node has. */
  readonly repetition: number;
  readonly annotation: 'list' | 'map' | 'variant' | undefined;
  readonly children: readonly SchemaNode[];
  /** Present on columns, absent on groups. */
  readonly leaf: Leaf | undefined;
}

export interface Schema {
  readonly root: SchemaNode;
  readonly leaves: readonly Leaf[];
}

const WIDTHS: readonly number[] = [0, 4, 8, 12, 4, 8, 0];
const REPETITIONS = { required: 0, optional: 1, repeated: 2 };
/** Levels are held as bytes; real schemas nest a few deep. */
const DEEPEST = 100;

/** Reads the flattened tree of schema elements (depth first, the root first). */
export function readSchema(elements: readonly ThriftStruct[]): Schema {
  const leaves: Leaf[] = [];
  let next = 0;

  function read(path: readonly string[], definition: number, repetition: number): SchemaNode {
    const element = elements[next++];
    if (element === undefined) throw corrupt('the schema ends too early');
    if (path.length > DEEPEST) throw unsupported('the schema nests deeper than 100 levels');
    const name = element.text(4) ?? '';
    const isRoot = next === 1;
    const kind = isRoot ? REPETITIONS.required : element.needInt(3);
    if (kind < 0 || kind > 2) throw corrupt(`column "${name}" has an unknown repetition type`);
    const def = definition + (kind === REPETITIONS.required ? 0 : 1);
    const rep = repetition + (kind === REPETITIONS.repeated ? 1 : 0);
    const own = isRoot ? [] : [...path, name];
    const count = element.int(5) ?? 0;
    const node = { name, repeated: kind === REPETITIONS.repeated, repetition: rep };
    if (!isRoot && element.has(1)) {
      const leaf = readLeaf(element, leaves.length, def, rep, own.join('.'));
      leaves.push(leaf);
      return { ...node, annotation: undefined, children: [], leaf };
    }
    if (count < 0) throw corrupt(`group "${name}" has a negative number of children`);
    const children: SchemaNode[] = [];
    for (let i = 0; i < count; i++) children.push(read(own, def, rep));
    return { ...node, annotation: groupAnnotation(element), children, leaf: undefined };
  }

  const root = read([], 0, 0);
  if (next !== elements.length) throw corrupt('the schema has more elements than its tree');
  return { root, leaves };
}

function readLeaf(
  element: ThriftStruct,
  column: number,
  maxDefinition: number,
  maxRepetition: number,
  name: string,
): Leaf {
  const physical = element.needInt(1);
  if (physical < 0 || physical > 7) throw unsupported(`column "${name}" has an unknown type`);
  const width = physical === PHYSICAL.fixed ? element.needInt(2) : WIDTHS[physical]!;
  if (width < 0) throw corrupt(`column "${name}" has a negative width`);
  const named = logicalTypeOf(element);
  const logical = fits(named, physical, width) ? named : ({ kind: 'opaque' } as const);
  return { column, physical, width, logical, maxDefinition, maxRepetition, name };
}

/** Whether the meaning is one that the physical type can have (LogicalTypes.md). */
function fits(logical: LogicalType, physical: number, width: number): boolean {
  const isInteger = physical === PHYSICAL.int32 || physical === PHYSICAL.int64;
  const isBytes = physical === PHYSICAL.byteArray || physical === PHYSICAL.fixed;
  switch (logical.kind) {
    case 'date':
      return physical === PHYSICAL.int32;
    case 'integer':
    case 'time':
      return isInteger;
    case 'timestamp':
      return physical === PHYSICAL.int64;
    case 'decimal':
      return isInteger || isBytes;
    case 'float16':
      return physical === PHYSICAL.fixed && width === 2;
    case 'uuid':
      return physical === PHYSICAL.fixed && width === 16;
    case 'text':
      return isBytes;
    case 'none':
    case 'bson':
    case 'interval':
    case 'opaque':
      return true;
  }
}

function groupAnnotation(element: ThriftStruct): SchemaNode['annotation'] {
  const logical = element.struct(10);
  const converted = element.int(6);
  if (logical?.has(3) === true || converted === 3) return 'list';
  if (logical?.has(2) === true || converted === 1 || converted === 2) return 'map';
  if (logical?.has(16) === true) return 'variant';
  return undefined;
}
