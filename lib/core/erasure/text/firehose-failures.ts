import { Buffer } from 'node:buffer';

import type { CompiledMatcher } from '../compiled-matcher.ts';
import { membersOf, stringOf } from '../criteria/members.ts';
import type { Hit } from '../matcher.ts';
import { JsonValues } from './json-values.ts';
import { skipMark } from './json-lines.ts';
import type { RowScanner, Scanned, Verdict } from './row-scanner.ts';
import type { ScanRoom } from './scan-room.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NEWLINE = 0x0a;

/**
 * What Firehose puts under its error prefix: JSON lines, each with a source record as base64 in
 * `rawData`. The record is read as JSON Lines; a line goes when any row of its record matches.
 */
export class FirehoseFailuresScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline = true;
  readonly #room: ScanRoom;
  readonly #matcher: CompiledMatcher;
  readonly #values: JsonValues;

  constructor(matcher: CompiledMatcher, room: ScanRoom) {
    this.#matcher = matcher;
    this.#room = room;
    this.events = room.events;
    this.#values = new JsonValues(matcher, room.seen);
    room.beginObject();
  }

  begin(head: Uint8Array): { skip: number } {
    return skipMark(head);
  }

  scan(at: number, end: number, last: boolean): Scanned {
    return this.#room.scanLines('scanOtherRows', at, end, last);
  }

  judge(bytes: Buffer, from: number, to: number): Verdict {
    const envelope = membersOf(bytes, from, to);
    if (!envelope.ok) return { fault: envelope.reason };
    const raw = stringOf(bytes, envelope.members.get('rawData'));
    if (raw === undefined || !BASE64.test(raw)) return { fault: 'its rawData is not base64 text' };
    return this.#judgeRecord(Buffer.from(raw, 'base64'));
  }

  #judgeRecord(record: Buffer): Verdict {
    let fault: string | undefined;
    let rows = 0;
    for (let at = 0; at < record.length;) {
      const newline = record.indexOf(NEWLINE, at);
      const end = newline < 0 ? record.length : newline;
      if (!isBlank(record, at, end)) {
        rows++;
        const hits: Hit[] = [];
        const reason = this.#values.read(record, at, end, this.#room.root, hits);
        if (reason !== undefined) fault = reason;
        else if (this.#matcher.matches(hits)) return 'matches';
      }
      at = end + 1;
    }
    if (rows === 0) fault = 'it is empty';
    return fault === undefined ? 'kept' : { fault: `the record in its rawData: ${fault}` };
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== 0x20 && bytes[at] !== 0x09 && bytes[at] !== 0x0d) return false;
  }
  return true;
}
