import { unsupported } from '../fault.ts';
import type { Leaf, Schema, SchemaNode } from './schema.ts';

/** A map on the way to a value: only entries under this key are meant. */
export interface MapKey {
  readonly leaf: Leaf;
  /** Repetition level at which, or below which, a new entry of the map begins. */
  readonly repetition: number;
  readonly name: string;
}

/** A column that a path leads to. */
export interface LeafPath {
  readonly leaf: Leaf;
  /** From the outermost map in. */
  readonly keys: readonly MapKey[];
}

export interface Resolution {
  readonly leaves: readonly LeafPath[];
  /** Whether the path is there at all, were it a group. */
  readonly seen: boolean;
}

/**
 * Finds the columns that a path of keys leads to. Lists are passed through (any element), in their
 * three-level and their older forms; after a map comes the name of a key. A path that ends at a group
 * meets no value. Throws where a path leads into what can't be read.
 */
export function resolvePath(
  schema: Schema,
  segments: readonly string[],
  sameName: (a: string, b: string) => boolean,
): Resolution {
  const leaves: LeafPath[] = [];
  let seen = false;

  function descend(node: SchemaNode, rest: readonly string[], keys: readonly MapKey[]): void {
    if (node.annotation === 'variant' && rest.length > 0) {
      throw unsupported(`a criterion leads into "${node.name}", which is of the VARIANT type`);
    }
    if (node.leaf !== undefined) {
      if (rest.length > 0) return;
      seen = true;
      leaves.push({ leaf: node.leaf, keys });
      return;
    }
    const element = node.annotation === 'list' ? elementOf(node) : undefined;
    if (element !== undefined) {
      descend(element, rest, keys);
      return;
    }
    const [name, ...deeper] = rest;
    if (name === undefined) {
      seen = true;
      return;
    }
    const entry = node.annotation === 'map' ? entryOf(node) : undefined;
    if (entry !== undefined) {
      descend(entry.value, deeper, [...keys, { ...entry.key, name }]);
      return;
    }
    for (const child of node.children) {
      if (sameName(child.name, name)) descend(child, deeper, keys);
    }
  }

  descend(schema.root, segments, []);
  return { leaves, seen };
}

/** What a list's elements are. Source: LogicalTypes.md, "Lists", its backward-compatibility rules. */
function elementOf(list: SchemaNode): SchemaNode | undefined {
  const [repeated, ...others] = list.children;
  if (repeated === undefined || !repeated.repeated || others.length > 0) return undefined;
  const [element, ...more] = repeated.children;
  if (element === undefined || more.length > 0 || element.repeated) return repeated;
  const isElementItself = repeated.name === 'array' || repeated.name === `${list.name}_tuple`;
  return isElementItself ? repeated : element;
}

/** A map's key and value. Undefined where the group is none, or a set: a map without values. */
function entryOf(
  map: SchemaNode,
): { key: Pick<MapKey, 'leaf' | 'repetition'>; value: SchemaNode } | undefined {
  const [repeated, ...others] = map.children;
  if (repeated === undefined || !repeated.repeated || others.length > 0) return undefined;
  const [key, value] = repeated.children;
  if (key?.leaf === undefined || value === undefined) return undefined;
  return { key: { leaf: key.leaf, repetition: repeated.repetition }, value };
}
