import { decimalOfSpan } from '../../json/decimal.ts';
import { jsonFault } from '../../json/fault.ts';
import { JsonReader, TOKEN } from '../../json/reader.ts';
import { decodeString } from '../../json/text.ts';
import type { Hit, Matcher, PathsSeen, TypedValue } from '../matcher.ts';
import type { PathNode } from './path-tree.ts';

/** Why a row could not be read, in words that hold none of it. */
const FAULTS = {
  empty: 'it is empty',
  'byte-order-mark': 'a byte order mark stands within the file',
  'invalid-utf8': 'it is not valid UTF-8',
  'cut-short': 'its JSON is cut short',
  'too-deep': 'its JSON is nested too deeply',
  'not-json': 'it is not valid JSON',
} as const;

/**
 * Reads JSON texts strictly and gathers what the criteria say of the values at their paths: the
 * reference that the scanner must agree with. Of a key that comes twice every value counts.
 */
export class JsonValues {
  readonly #matcher: Matcher;
  readonly #seen: PathsSeen;
  readonly #reader = new JsonReader();

  constructor(matcher: Matcher, seen: PathsSeen) {
    this.#matcher = matcher;
    this.#seen = seen;
  }

  /** Adds to `hits` what the text in `bytes[from, to)` meets; answers a reason if it is no JSON. */
  read(
    bytes: Uint8Array,
    from: number,
    to: number,
    root: PathNode,
    hits: Hit[],
  ): string | undefined {
    const reader = this.#reader;
    reader.open(bytes, from, to);
    /** Nodes of the open containers; undefined where no criterion looks. */
    const nodes: (PathNode | undefined)[] = [];
    const inObject: boolean[] = [];
    let keyed: PathNode | undefined;
    for (let token = reader.next(); token !== TOKEN.end; token = reader.next()) {
      const node = nodes.length === 0 ? root : inObject.at(-1) === true ? keyed : nodes.at(-1);
      switch (token) {
        case TOKEN.fault:
          return FAULTS[jsonFault(bytes, from, to, reader.start)];
        case TOKEN.key:
          keyed = this.#child(nodes.at(-1), bytes, reader);
          break;
        case TOKEN.openObject:
        case TOKEN.openArray:
          if (node === undefined) {
            // Checked as strictly, only faster; a fault comes back from the next call.
            reader.skip();
            break;
          }
          nodes.push(node);
          inObject.push(token === TOKEN.openObject);
          break;
        case TOKEN.closeObject:
        case TOKEN.closeArray:
          nodes.pop();
          inObject.pop();
          break;
        default:
          if (node && node.path >= 0) this.#probe(node.path, scalarOf(token, bytes, reader), hits);
      }
    }
    return undefined;
  }

  #child(node: PathNode | undefined, bytes: Uint8Array, reader: JsonReader): PathNode | undefined {
    if (node === undefined || node.children.size === 0) return undefined;
    const name = decodeString(bytes, reader.start, reader.end);
    const child = node.children.get(this.#matcher.ignoreCase ? name.toLowerCase() : name);
    if (child && child.path >= 0) this.#seen[child.path] = 1;
    return child;
  }

  #probe(path: number, value: TypedValue | undefined, hits: Hit[]): void {
    if (value === undefined) return;
    const hit = this.#matcher.probe(path, value);
    if (hit) hits.push(hit);
  }
}

function scalarOf(token: number, bytes: Uint8Array, reader: JsonReader): TypedValue | undefined {
  switch (token) {
    case TOKEN.string:
      return { kind: 'string', text: decodeString(bytes, reader.start, reader.end) };
    case TOKEN.number:
      return { kind: 'number', decimal: decimalOfSpan(bytes, reader.start, reader.end) };
    case TOKEN.true:
    case TOKEN.false:
      return { kind: 'boolean', value: token === TOKEN.true };
    default:
      return undefined;
  }
}
