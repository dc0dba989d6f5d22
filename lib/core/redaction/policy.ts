import { Buffer } from 'node:buffer';
import { printPath, segmentsOf, type FieldPath } from '../data-map/field-path.ts';
import type { DataMap, RedactionStrategy, StreamStore } from '../data-map/schema.ts';
import { soughtText, type SoughtText } from '../json/text.ts';
import type { NormaliseRule } from '../suppression/normalise.ts';

/** What stands for a value that no gentler strategy can treat. It is left alone wherever it is met. */
export const REDACTED_CONTENT = 'REDACTED_CONTENT';
const DEFAULT_MARK = 'data_redacted';

export interface FieldRule {
  readonly path: string;
  readonly strategy: RedactionStrategy;
  /** The JSON text that replaces any value, where the strategy is as simple as that. */
  readonly fixed: Uint8Array | undefined;
}

interface IdentifierRule {
  readonly name: string;
  readonly normalise: NormaliseRule;
}

/** One key on the way to something that the policy knows. The root stands for the record. */
export interface PolicyNode {
  readonly children: { readonly key: SoughtText; readonly node: PolicyNode }[];
  /** Index into the policy's fields, or -1. */
  field: number;
  /** `value`: the consent flag itself; `within`: it lies deeper. */
  consent: 'none' | 'within' | 'value';
  /** Indices into the policy's identifiers. */
  readonly identifiers: number[];
  mark: 'none' | 'redacted' | 'redactedAt';
}

/** What the filter does to records of one stream, compiled from the data map. */
export interface RedactionPolicy {
  readonly root: PolicyNode;
  readonly fields: readonly FieldRule[];
  readonly identifiers: readonly IdentifierRule[];
  /** Without a consent flag in the map nobody consents: every record is redacted. */
  readonly hasConsent: boolean;
  readonly keepWithoutConsentFlag: boolean;
  /** Names of the marks, as JSON writes them. */
  readonly marks: { readonly redacted: string; readonly redactedAt: string | undefined };
  /** Whether a strategy asks for a hash key. */
  readonly needsHashKey: boolean;
}

/**
 * Compiles a stream of the data map.
 * @param identifiers The data map's identifiers, which say how two writings of one are made equal.
 * @throws {TypeError} when two things that cannot share a place are named for the same path.
 */
export function compilePolicy(
  stream: StreamStore,
  identifiers: DataMap['identifiers'],
): RedactionPolicy {
  const root = emptyNode();
  const fields = stream.fields.map(({ path, redact }, index) => {
    nodeAt(root, path).field = index;
    return fieldRule(path, redact);
  });
  if (stream.consent !== undefined) markConsent(root, stream.consent.path);
  const rules = Object.entries(stream.identifiers).map(([name, path], index): IdentifierRule => {
    nodeAt(root, path).identifiers.push(index);
    return { name, normalise: identifiers[name]?.normalise ?? 'exact' };
  });
  const redacted = stream.marks?.redacted ?? DEFAULT_MARK;
  setMark(root, redacted, 'redacted');
  const redactedAt = stream.marks?.redactedAt;
  if (redactedAt !== undefined) setMark(root, redactedAt, 'redactedAt');
  return {
    root,
    fields,
    identifiers: rules,
    hasConsent: stream.consent !== undefined,
    keepWithoutConsentFlag: stream.consent?.whenMissing === 'keep',
    marks: {
      redacted: JSON.stringify(redacted),
      redactedAt: redactedAt === undefined ? undefined : JSON.stringify(redactedAt),
    },
    needsHashKey: fields.some(({ strategy }) => strategy.kind === 'keyed-hash'),
  };
}

function emptyNode(): PolicyNode {
  return { children: [], field: -1, consent: 'none', identifiers: [], mark: 'none' };
}

function childOf(node: PolicyNode, key: string): PolicyNode {
  const known = node.children.find((child) => child.key.text === key);
  if (known !== undefined) return known.node;
  const child = emptyNode();
  node.children.push({ key: soughtText(key), node: child });
  return child;
}

function nodeAt(root: PolicyNode, path: FieldPath): PolicyNode {
  return segmentsOf(path).reduce(childOf, root);
}

function markConsent(root: PolicyNode, path: FieldPath): void {
  let node = root;
  for (const key of segmentsOf(path)) {
    node.consent = 'within';
    node = childOf(node, key);
    if (node.field >= 0) {
      throw new TypeError(`the consent flag ${printPath(path)} would itself be redacted`);
    }
  }
  node.consent = 'value';
}

function setMark(root: PolicyNode, key: string, mark: 'redacted' | 'redactedAt'): void {
  const node = childOf(root, key);
  const taken =
    node.field >= 0 ||
    node.consent !== 'none' ||
    node.mark !== 'none' ||
    node.identifiers.length > 0 ||
    node.children.length > 0;
  if (taken) throw new TypeError(`the mark "${key}" is also the name of something else`);
  node.mark = mark;
}

function fieldRule(path: FieldPath, strategy: RedactionStrategy): FieldRule {
  if (strategy.kind === 'mask' && strategy.maskWith !== undefined) {
    // Half a surrogate pair could join its neighbour, and the count of characters would change.
    if (!soughtText(strategy.maskWith).wellFormed) {
      throw new TypeError(`the mask of ${printPath(path)} is half a character`);
    }
  }
  const fixed = strategy.kind === 'replace' ? (strategy.with ?? REDACTED_CONTENT) : undefined;
  return {
    path: printPath(path),
    strategy,
    fixed: fixed === undefined ? undefined : Buffer.from(JSON.stringify(fixed)),
  };
}

/** What a redacted record without marks gets in place of its last brace: comma, marks, brace, newline. */
export function marksText({ marks }: RedactionPolicy, nowIso: string): string {
  const at = marks.redactedAt === undefined ? '' : `,${marks.redactedAt}:"${nowIso}"`;
  return `,${marks.redacted}:true${at}}\n`;
}
