import { JsonReader, TOKEN, type Token } from '../json/reader.ts';
import { stringEquals } from '../json/text.ts';
import type { PolicyNode, RedactionPolicy } from './policy.ts';

/** Stands in {@link RecordWalk.editField} for the value of a mark. */
export const MARK_REDACTED = -1;
export const MARK_REDACTED_AT = -2;

/** An open object that the policy looks into, or an array with those directly nested in it. */
interface Frame {
  node: PolicyNode;
  isObject: boolean;
  /** Arrays open within an array: hostile nesting costs a count, not a frame. */
  nested: number;
  consentSeen: boolean;
  /** The member now read: where its key begins, and its edit if it is to be dropped. */
  memberStart: number;
  memberDrop: number;
  /** The first edit of the dropped members since the last one kept, or -1. */
  dropRun: number;
  /** Past the last member that stays, or -1. */
  keptEnd: number;
}

/**
 * Reads one record once, checks it fully, and notes what the policy wants to know: consent,
 * identifiers, and the spans that a redaction would replace. Objects are met at every duplicate of a
 * key and in every element of an array, nested arrays too. Reused from record to record.
 */
export class RecordWalk {
  /** Offset of the fault when {@link read} answered `fault`. */
  faultAt = 0;
  trues = 0;
  /** Consent flags that are there and not `true`, or that no flag can be where they should be. */
  refusals = 0;
  /** Objects that lack the flag, or lack the way to it. */
  absences = 0;

  /** Spans to be replaced, ascending and apart. */
  edits = 0;
  readonly editStart: number[] = [];
  readonly editEnd: number[] = [];
  /** Index of the field rule, or one of the marks. */
  readonly editField: number[] = [];

  /** Values of identifiers: strings, quotes included, and numbers. */
  identifiers = 0;
  readonly identifierStart: number[] = [];
  readonly identifierEnd: number[] = [];
  readonly identifierRule: number[] = [];

  /** Position of the record's last brace, and whether a member stays in the record when redacted. */
  lastBrace = 0;
  keepsMember = false;

  readonly #reader = new JsonReader();
  readonly #frames: Frame[] = [];
  /** Index of the innermost open frame. */
  #top = -1;
  readonly #policy: RedactionPolicy;
  #bytes: Uint8Array = new Uint8Array(0);
  /** The frame of the container that is being replaced; within it nothing else is edited. */
  #editedWithin = -1;

  constructor(policy: RedactionPolicy) {
    this.#policy = policy;
  }

  read(bytes: Uint8Array): 'object' | 'not-an-object' | 'fault' {
    this.#bytes = bytes;
    this.trues = this.refusals = this.absences = this.edits = this.identifiers = 0;
    this.#editedWithin = this.#top = -1;
    const reader = this.#reader;
    reader.open(bytes, 0, bytes.length);
    const first = reader.next();
    if (first !== TOKEN.openObject) return this.#drain();
    this.#push(this.#policy.root, true);
    for (let token = reader.next(); token > TOKEN.end; token = reader.next()) {
      if (token === TOKEN.key) this.#member();
      else if (token === TOKEN.closeObject || token === TOKEN.closeArray) this.#close();
      else this.#value(token, this.#frames[this.#top]!.node);
    }
    const token = reader.next();
    if (token === TOKEN.end) return 'object';
    this.faultAt = reader.start;
    return 'fault';
  }

  #drain(): 'not-an-object' | 'fault' {
    const reader = this.#reader;
    let token: Token = reader.depth > 0 && !reader.skip() ? TOKEN.fault : reader.next();
    while (token > TOKEN.end) token = reader.next();
    this.faultAt = reader.start;
    return token === TOKEN.end ? 'not-an-object' : 'fault';
  }

  #push(node: PolicyNode, isObject: boolean): void {
    const outer = this.#top >= 0 ? this.#frames[this.#top]! : undefined;
    if (outer !== undefined && !outer.isObject && !isObject) {
      outer.nested++;
      return;
    }
    const frame = (this.#frames[++this.#top] ??= emptyFrame(node));
    frame.node = node;
    frame.isObject = isObject;
    frame.nested = 0;
    frame.consentSeen = false;
    frame.memberStart = frame.memberDrop = frame.dropRun = frame.keptEnd = -1;
  }

  #member(): void {
    const reader = this.#reader;
    const { start, end } = reader;
    const frame = this.#frames[this.#top]!;
    if (frame.memberDrop >= 0) this.editEnd[frame.memberDrop] = start;
    frame.memberStart = start;
    frame.memberDrop = -1;
    const node = this.#childAt(frame.node, start, end);
    if (node === undefined) {
      if (reader.skip()) this.#valueEnded(reader.end);
      return;
    }
    if (node.consent !== 'none') frame.consentSeen = true;
    const token = reader.next();
    if (token !== TOKEN.fault) this.#value(token, node);
  }

  #childAt(node: PolicyNode, start: number, end: number): PolicyNode | undefined {
    for (const child of node.children) {
      if (stringEquals(this.#bytes, start, end, child.key)) return child.node;
    }
    return undefined;
  }

  #value(token: Token, node: PolicyNode): void {
    const reader = this.#reader;
    const { start } = reader;
    const isContainer = opens(token);
    if (node.consent === 'value') {
      if (token === TOKEN.true) this.trues++;
      else this.refusals++;
    } else if (node.consent === 'within' && !isContainer) this.refusals++;
    if (token === TOKEN.string || token === TOKEN.number) this.#noteIdentifiers(node);

    const edits = this.#editedWithin < 0 && (node.field >= 0 || node.mark !== 'none');
    if (edits) this.#beginEdit(node, start);
    if (!isContainer) {
      this.#valueEnded(reader.end);
      return;
    }
    const looksWithin =
      node.children.length > 0 || (token === TOKEN.openArray && node.identifiers.length > 0);
    if (looksWithin) {
      this.#push(node, token === TOKEN.openObject);
      if (edits) this.#editedWithin = this.#top;
    } else if (reader.skip()) this.#valueEnded(reader.end);
  }

  #noteIdentifiers(node: PolicyNode): void {
    for (const rule of node.identifiers) {
      this.identifierStart[this.identifiers] = this.#reader.start;
      this.identifierEnd[this.identifiers] = this.#reader.end;
      this.identifierRule[this.identifiers++] = rule;
    }
  }

  #beginEdit(node: PolicyNode, start: number): void {
    const edit = this.edits++;
    this.editStart[edit] = start;
    this.editEnd[edit] = -1;
    this.editField[edit] =
      node.mark === 'none'
        ? node.field
        : node.mark === 'redacted'
          ? MARK_REDACTED
          : MARK_REDACTED_AT;
    if (node.field < 0 || this.#policy.fields[node.field]!.strategy.kind !== 'drop') return;
    // Only members are edited: an array at the end of a path is taken whole.
    const frame = this.#frames[this.#top]!;
    this.editStart[edit] = frame.memberStart;
    frame.memberDrop = edit;
    if (frame.dropRun < 0) frame.dropRun = edit;
  }

  #close(): void {
    const frame = this.#frames[this.#top]!;
    if (frame.nested > 0) {
      frame.nested--;
      return;
    }
    if (frame.isObject) {
      if (frame.node.consent === 'within' && !frame.consentSeen) this.absences++;
      this.#closeDropRun(frame);
    }
    if (this.#editedWithin === this.#top) this.#editedWithin = -1;
    if (--this.#top >= 0) {
      this.#valueEnded(this.#reader.end);
      return;
    }
    this.lastBrace = this.#reader.start;
    this.keepsMember = frame.keptEnd >= 0;
  }

  /** When the last members go, so does the comma before them. */
  #closeDropRun(frame: Frame): void {
    if (frame.dropRun < 0 || frame.keptEnd < 0) return;
    this.editStart[frame.dropRun] = frame.keptEnd;
    this.editEnd[frame.dropRun] = this.editEnd[this.edits - 1]!;
    this.edits = frame.dropRun + 1;
  }

  /** A value in the innermost open frame ended at `end`. */
  #valueEnded(end: number): void {
    const frame = this.#frames[this.#top]!;
    const last = this.edits - 1;
    if (this.#editedWithin < 0 && last >= 0 && this.editEnd[last]! < 0) this.editEnd[last] = end;
    if (!frame.isObject) return;
    if (frame.memberDrop < 0) {
      frame.dropRun = -1;
      frame.keptEnd = end;
    }
  }
}

function opens(token: Token): boolean {
  return token === TOKEN.openObject || token === TOKEN.openArray;
}

function emptyFrame(node: PolicyNode): Frame {
  return {
    node,
    isObject: true,
    nested: 0,
    consentSeen: false,
    memberStart: -1,
    memberDrop: -1,
    dropRun: -1,
    keptEnd: -1,
  };
}
