import type { Buffer } from 'node:buffer';

import { withContent } from '../compression/content.ts';
import { reserve } from '../engine.ts';
import type { ByteReader, ObjectSource } from '../format.ts';
import type { Matcher } from '../matcher.ts';
import { skipMark } from './json-lines.ts';
import type { RowScanner, Scanned, Verdict } from './row-scanner.ts';
import { scanRoomOf, type ScanRoom } from './scan-room.ts';

/** Bits a text in the filter before the table; 16 make one false alarm in as many bytes. */
const BITS_A_TEXT = 16;

const notedIn = new WeakSet<ScanRoom>();

/**
 * Counts the lines of a text object that hold the text of some criterion anywhere: in free text, under
 * another key, within a longer word. Case-sensitive, as the bytes stand (an escaped letter is not
 * looked through); texts of 6 to 255 bytes. What it finds is for a person to look at.
 */
export async function countResidue(source: ObjectSource, matcher: Matcher): Promise<number> {
  const { holding } = await withContent(source, ({ reader }) => searchTexts(reader, matcher));
  return holding;
}

/**
 * Counts the lines that hold a text, as {@link countResidue} does, and those too long to be searched.
 * @param onOthers given the lines that hold none, several at a time; only theirs until it answers
 */
export async function searchTexts(
  reader: ByteReader,
  matcher: Matcher,
  onOthers: (lines: Buffer) => void = () => undefined,
): Promise<{ readonly holding: number; readonly unsearched: number }> {
  const room = scanRoomOf(matcher);
  noteTexts(room);
  room.beginObject();
  let unsearched = 0;
  const { matched } = await room.window.readRows(reader, new ResidueScanner(room), {
    stretch: ({ bytes, cuts }) => {
      let at = 0;
      for (let cut = 0; cut <= cuts.length; cut += 2) {
        onOthers(bytes.subarray(at, cuts[cut] ?? bytes.length));
        at = cuts[cut + 1] ?? bytes.length;
      }
    },
    fault: () => {
      unsearched++;
    },
  });
  return { holding: matched, unsearched };
}

function noteTexts(room: ScanRoom): void {
  if (notedIn.has(room)) return;
  notedIn.add(room);
  const { matcher, engine } = room;
  const { memory, arenas } = matcher.criteria.table;
  let bits = 16;
  while (bits < 30 && 2 ** bits < matcher.size * BITS_A_TEXT) bits++;
  const bitmap = reserve(memory, 2 ** bits / 8);
  engine.useResidue(reserve(memory, 256), bitmap, bits, matcher.paths.length);
  for (const [from, to] of arenas) engine.noteTexts(from, to);
}

class ResidueScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline = true;
  readonly #room: ScanRoom;

  constructor(room: ScanRoom) {
    this.#room = room;
    this.events = room.events;
  }

  begin(head: Uint8Array): { skip: number } {
    return skipMark(head);
  }

  scan(at: number, end: number, last: boolean): Scanned {
    return this.#room.scanLines('scanResidueRows', at, end, last);
  }

  judge(): Verdict {
    return 'kept';
  }
}
