import { Buffer } from 'node:buffer';
import { soughtText } from '../json/text.ts';
import type { PolicyNode, RedactionPolicy } from './policy.ts';

/** Flags of a node; as in assembly/walk.ts, which describes the layout. */
const CONSENT = 1;
const WITHIN = 2;
const FIELD = 4;
const INTRICATE = 8;
const IDENTIFIER = 16;
const HEAD = 32;
const CHILD = 12;
/** Children of one key have a bit each. */
const MOST_CHILDREN = 64;
const NORMALISE = { exact: 0, 'trim-lowercase': 1, digits: 2 } as const;

export interface FastPolicy {
  /** To be laid at the address for which it was written. */
  bytes: Uint8Array;
  /** Address of the rules for identifiers. */
  rules: number;
}

/**
 * The policy as the scanner reads it, with addresses from `base` on; undefined when it needs more
 * than the scanner can do or `room` bytes.
 */
export function fastPolicy(
  policy: RedactionPolicy,
  base: number,
  room: number,
): FastPolicy | undefined {
  const bytes = Buffer.alloc(room);
  let next = 0;
  const take = (length: number): number => {
    const at = next;
    // Comparing and copying may read up to 16 bytes too far.
    next += (length + 16 + 7) & ~7;
    if (next > room) throw new RangeError('the policy is too large for the scanner');
    return at;
  };
  const lay = (content: Uint8Array): number => {
    const at = take(content.length);
    bytes.set(content, at);
    return base + at;
  };
  const write = (node: PolicyNode): number => {
    const { children, identifiers } = node;
    if (children.length > MOST_CHILDREN || identifiers.length > 1) {
      throw new RangeError('a key of the policy means more than the scanner can tell');
    }
    const at = take(HEAD + children.length * CHILD);
    const fixed = policy.fields[node.field]?.fixed;
    bytes.writeUInt32LE(flagsOf(node, fixed), at);
    bytes.writeUInt32LE(children.length, at + 4);
    bytes.writeUInt32LE(identifiers[0] ?? 0, at + 8);
    if (fixed !== undefined) {
      bytes.writeUInt32LE(lay(fixed), at + 12);
      bytes.writeUInt32LE(fixed.length, at + 16);
    }
    let consent = 0n;
    let lengths = 0;
    children.forEach(({ key, node: child }, index) => {
      if (child.consent !== 'none') consent |= 1n << BigInt(index);
      lengths |= 1 << Math.min(key.utf8.length, 31);
      const entry = at + HEAD + index * CHILD;
      // A key with half a surrogate pair can only be escaped beyond ASCII, and that is not for us.
      const utf8 = key.wellFormed ? key.utf8 : new Uint8Array(0);
      bytes.writeUInt32LE(lay(utf8), entry);
      bytes.writeUInt32LE(key.wellFormed ? utf8.length : 0xffff_ffff, entry + 4);
      bytes.writeUInt32LE(write(child), entry + 8);
    });
    bytes.writeUInt32LE(lengths >>> 0, at + 20);
    bytes.writeBigUInt64LE(consent, at + 24);
    return base + at;
  };
  try {
    write(policy.root);
    const rules = take(policy.identifiers.length * CHILD);
    policy.identifiers.forEach(({ name, normalise }, index) => {
      const prefix = soughtText(`${name}\0`).utf8;
      bytes.writeUInt32LE(NORMALISE[normalise], rules + index * CHILD);
      bytes.writeUInt32LE(lay(prefix), rules + index * CHILD + 4);
      bytes.writeUInt32LE(prefix.length, rules + index * CHILD + 8);
    });
    return { bytes: bytes.subarray(0, next), rules: base + rules };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function flagsOf(node: PolicyNode, fixed: Uint8Array | undefined): number {
  const isIntricate = node.mark !== 'none' || (node.field >= 0 && fixed === undefined);
  return (
    (node.consent === 'value' ? CONSENT : 0) |
    (node.consent === 'within' ? WITHIN : 0) |
    (node.field >= 0 && fixed !== undefined ? FIELD : 0) |
    (isIntricate ? INTRICATE : 0) |
    (node.identifiers.length > 0 ? IDENTIFIER : 0)
  );
}
