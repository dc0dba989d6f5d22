/**
 * Where a field lies in a record: `user.address.city`, or `["a.b", "c"]` when a key holds a dot.
 * Arrays are passed through: a path meets every element.
 */
export type FieldPath = string | readonly string[];

/** Keys that reach an object's prototype; no path may name them (a fault seen in peers). */
const REFUSED = new Set(['__proto__', 'prototype', 'constructor']);

/** The keys of a path, outermost first. Assumes that {@link fieldPathFault} found nothing. */
export function segmentsOf(path: FieldPath): readonly string[] {
  return typeof path === 'string' ? path.split('.') : path;
}

/** A path as one reads it: keys joined by dots, keys that hold dots in brackets. */
export function printPath(path: FieldPath): string {
  if (typeof path === 'string') return path;
  return path.some((key) => key.includes('.')) ? JSON.stringify(path) : path.join('.');
}

/** What is wrong with a path, in words, or undefined. */
export function fieldPathFault(path: FieldPath): string | undefined {
  const segments = segmentsOf(path);
  if (segments.length === 0) return 'a path needs at least one key';
  if (segments.some((key) => key === '')) return `path "${printPath(path)}" has an empty key`;
  const refused = segments.find((key) => REFUSED.has(key));
  if (refused !== undefined) {
    return `path "${printPath(path)}" names "${refused}", which would reach an object's prototype`;
  }
  return undefined;
}

/** Whether two paths name the same place, however they are written. */
export function samePath(a: FieldPath, b: FieldPath): boolean {
  const left = segmentsOf(a);
  const right = segmentsOf(b);
  return left.length === right.length && left.every((key, at) => key === right[at]);
}
