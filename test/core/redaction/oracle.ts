import { segmentsOf, type FieldPath } from '../../../lib/core/data-map/field-path.ts';
import { strictParse } from '../json/oracle.ts';

/** What the oracle is asked to do: the plainest reading of design section 4. */
export interface OraclePolicy {
  consent?: { path: FieldPath; keepWhenMissing: boolean };
  replaced: FieldPath[];
  dropped: FieldPath[];
  marks: { redacted: string; redactedAt?: string };
}

/** A value with every byte that it is written with. */
type Node =
  | { kind: 'scalar'; raw: string }
  | { kind: 'array'; space: string; items: { before: string; value: Node; after: string }[] }
  | { kind: 'object'; space: string; members: Member[] };
interface Member {
  before: string;
  rawKey: string;
  colon: string;
  value: Node;
  after: string;
}

/** Redacts by way of a whole syntax tree. Undefined: the strict parser rejects, or it is no object. */
export function oracleRedact(
  bytes: Uint8Array,
  policy: OraclePolicy,
  nowIso: string,
): { kind: 'kept' | 'redacted'; text: string } | undefined {
  try {
    const value = strictParse(bytes);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  } catch {
    return undefined;
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const parser = new LosslessParser(text);
  const lead = parser.space();
  const root = parser.value();
  if (root.kind !== 'object') throw new Error('the strict parser said that it is an object');
  if (consents(root, policy)) return { kind: 'kept', text: `${lead}${print(root)}\n` };

  const before = print(root);
  for (const path of policy.replaced) replaceAt(root, segmentsOf(path));
  for (const path of policy.dropped) dropAt(root, segmentsOf(path));
  mark(root, policy, nowIso, before !== print(root));
  return { kind: 'redacted', text: `${lead}${print(root)}\n` };
}

class LosslessParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  space(): string {
    return this.#take(/[ \t\r\n]*/y);
  }

  value(): Node {
    if (this.#text[this.#at] === '[') return this.#array();
    if (this.#text[this.#at] === '{') return this.#object();
    return { kind: 'scalar', raw: this.#take(/"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y) };
  }

  #array(): Node {
    this.#at++;
    const space = this.space();
    const items: { before: string; value: Node; after: string }[] = [];
    let before = space;
    while (this.#text[this.#at] !== ']') {
      items.push({ before, value: this.value(), after: this.space() });
      if (this.#text[this.#at] === ',') {
        this.#at++;
        before = this.space();
      }
    }
    this.#at++;
    return { kind: 'array', space, items };
  }

  #object(): Node {
    this.#at++;
    const space = this.space();
    const members: Member[] = [];
    let before = space;
    while (this.#text[this.#at] !== '}') {
      const rawKey = this.#take(/"(?:[^"\\]|\\.)*"/y);
      const colon = this.#take(/[ \t\r\n]*:[ \t\r\n]*/y);
      members.push({ before, rawKey, colon, value: this.value(), after: this.space() });
      if (this.#text[this.#at] === ',') {
        this.#at++;
        before = this.space();
      }
    }
    this.#at++;
    return { kind: 'object', space, members };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

function print(node: Node): string {
  if (node.kind === 'scalar') return node.raw;
  if (node.kind === 'array') {
    const items = node.items.map((item) => item.before + print(item.value) + item.after);
    return `[${items.length === 0 ? node.space : items.join(',')}]`;
  }
  const members = node.members.map(
    (member) => member.before + member.rawKey + member.colon + print(member.value) + member.after,
  );
  return `{${members.length === 0 ? node.space : members.join(',')}}`;
}

const keyOf = (member: Member): string => JSON.parse(member.rawKey) as string;

/** Objects that hold the last key of a path, arrays passed through. */
function holders(node: Node, path: readonly string[]): Extract<Node, { kind: 'object' }>[] {
  if (node.kind === 'array') return node.items.flatMap((item) => holders(item.value, path));
  if (node.kind === 'scalar') return [];
  if (path.length === 1) return [node];
  return node.members
    .filter((member) => keyOf(member) === path[0])
    .flatMap((member) => holders(member.value, path.slice(1)));
}

function consents(root: Node, policy: OraclePolicy): boolean {
  if (policy.consent === undefined) return false;
  const found = flags(root, segmentsOf(policy.consent.path));
  if (found.includes('no')) return false;
  if (policy.consent.keepWhenMissing) return true;
  return found.includes('yes') && !found.includes('absent');
}

function flags(node: Node, path: readonly string[]): ('yes' | 'no' | 'absent')[] {
  if (path.length === 0) return [node.kind === 'scalar' && node.raw === 'true' ? 'yes' : 'no'];
  if (node.kind === 'scalar') return ['no'];
  if (node.kind === 'array') return node.items.flatMap((item) => flags(item.value, path));
  const here = node.members.filter((member) => keyOf(member) === path[0]);
  if (here.length === 0) return ['absent'];
  return here.flatMap((member) => flags(member.value, path.slice(1)));
}

function replaceAt(root: Node, path: readonly string[]): void {
  for (const holder of holders(root, path)) {
    for (const member of holder.members) {
      if (keyOf(member) === path.at(-1))
        member.value = { kind: 'scalar', raw: '"REDACTED_CONTENT"' };
    }
  }
}

function dropAt(root: Node, path: readonly string[]): void {
  for (const holder of holders(root, path)) {
    const goes = (member: Member): boolean => keyOf(member) === path.at(-1);
    const first = holder.members[0];
    const last = holder.members.at(-1);
    if (first === undefined || last === undefined) continue;
    const kept: Member[] = [];
    let before: string | undefined;
    for (const member of holder.members) {
      // Who follows what goes takes its place in the line.
      if (goes(member)) before ??= member.before;
      else {
        kept.push({ ...member, before: before ?? member.before });
        before = undefined;
      }
    }
    const lastKept = kept.at(-1);
    if (lastKept === undefined) holder.space = first.before + last.after;
    else if (goes(last)) lastKept.after = last.after;
    holder.members = kept;
  }
}

function mark(root: Node, policy: OraclePolicy, nowIso: string, changed: boolean): void {
  if (root.kind !== 'object') return;
  const { redacted, redactedAt } = policy.marks;
  setMark(root, redacted, () => 'true');
  if (redactedAt === undefined) return;
  const now = JSON.stringify(nowIso);
  const isTime = /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z"$/;
  setMark(root, redactedAt, (old) =>
    old !== undefined && !changed && isTime.test(old) ? old : now,
  );
}

function setMark(
  root: Extract<Node, { kind: 'object' }>,
  key: string,
  next: (old: string | undefined) => string,
): void {
  const here = root.members.filter((member) => keyOf(member) === key);
  for (const member of here) {
    const old = member.value.kind === 'scalar' ? member.value.raw : undefined;
    member.value = { kind: 'scalar', raw: next(old) };
  }
  if (here.length > 0) return;
  const value: Node = { kind: 'scalar', raw: next(undefined) };
  // Right before the last brace: white space that was there stays before the comma.
  const before = root.members.length === 0 ? root.space : '';
  root.members.push({ before, rawKey: JSON.stringify(key), colon: ':', value, after: '' });
}
