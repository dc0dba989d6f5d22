import { Buffer } from 'node:buffer';

import { reserve, type SharedMemory } from '../engine.ts';
import type { CriterionPath } from '../matcher.ts';

/** A place in a record that leads to a criterion's path, or is one. */
export interface PathNode {
  /** Path id, or -1 when the place is only on the way. */
  path: number;
  readonly children: Map<string, PathNode>;
}

/**
 * The paths as a tree of names; the node it answers is the record itself. A `snowplow-json` path ends
 * at its column here.
 */
export function pathTree(paths: readonly CriterionPath[]): PathNode {
  const root: PathNode = { path: -1, children: new Map() };
  for (const [id, path] of paths.entries()) {
    let node = root;
    for (const name of path.kind === 'field' ? path.segments : [path.column]) {
      let child = node.children.get(name);
      if (!child) {
        child = { path: -1, children: new Map() };
        node.children.set(name, child);
      }
      node = child;
    }
    if (path.kind === 'field') node.path = id;
  }
  return root;
}

/** Writes a tree where the scanner reads it (assembly/document.ts); answers each node's address. */
export function writePathTree(memory: SharedMemory, root: PathNode): Map<PathNode, number> {
  const addresses = new Map<PathNode, number>();
  const base = reserve(memory, sizeOf(root));
  const view = new DataView(memory.buffer);
  let free = base;
  const take = (bytes: number) => {
    const at = free;
    free += (bytes + 7) & ~7;
    return at;
  };
  const write = (node: PathNode): number => {
    const at = take(8 + node.children.size * 12);
    addresses.set(node, at);
    view.setInt32(at, node.path, true);
    view.setUint32(at + 4, node.children.size, true);
    let child = at + 8;
    for (const [name, below] of node.children) {
      const length = Buffer.byteLength(name);
      const text = take(length);
      Buffer.from(memory.buffer, text, length).write(name);
      view.setUint32(child, text, true);
      view.setUint32(child + 4, length, true);
      view.setUint32(child + 8, write(below), true);
      child += 12;
    }
    return at;
  };
  write(root);
  return addresses;
}

function sizeOf(node: PathNode): number {
  let size = 16 + node.children.size * 12;
  for (const [name, child] of node.children) size += Buffer.byteLength(name) + 8 + sizeOf(child);
  return size;
}
