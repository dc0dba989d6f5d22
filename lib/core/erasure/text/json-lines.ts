import type { CompiledMatcher } from '../compiled-matcher.ts';
import type { Hit } from '../matcher.ts';
import { JsonValues } from './json-values.ts';
import type { PathNode } from './path-tree.ts';
import type { RowScanner, Scanned, Verdict } from './row-scanner.ts';
import type { ScanRoom } from './scan-room.ts';

/** A BOM is kept and is no row. */
export function skipMark(head: Uint8Array): { skip: number } {
  return { skip: head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0 };
}

/** JSON Lines: a row is a JSON text on a line of its own. */
export class JsonLinesScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline = true;
  readonly #room: ScanRoom;
  readonly #matcher: CompiledMatcher;
  readonly #root: PathNode;
  readonly #values: JsonValues;

  constructor(matcher: CompiledMatcher, room: ScanRoom) {
    this.#matcher = matcher;
    this.#room = room;
    this.events = room.events;
    this.#root = room.root;
    this.#values = new JsonValues(matcher, room.seen);
    room.beginObject();
  }

  begin(head: Uint8Array): { skip: number } {
    return skipMark(head);
  }

  scan(at: number, end: number, last: boolean): Scanned {
    return this.#room.scanLines('scanJsonRows', at, end, last);
  }

  judge(bytes: Uint8Array, from: number, to: number): Verdict {
    const hits: Hit[] = [];
    const reason = this.#values.read(bytes, from, to, this.#root, hits);
    if (reason !== undefined) return { fault: reason };
    return this.#matcher.matches(hits) ? 'matches' : 'kept';
  }
}
