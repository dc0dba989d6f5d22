import { Buffer } from 'node:buffer';

import type { CompiledMatcher } from '../compiled-matcher.ts';
import { withContent, plainReader, type Content } from '../compression/content.ts';
import type { ContentSink } from '../compression/content-sink.ts';
import {
  CorruptObject,
  LISTED_FAULTS,
  type ByteReader,
  type Findings,
  type ForgetOutputs,
  type FormatName,
  type ObjectFormat,
  type ObjectSource,
  type RowFault,
} from '../format.ts';
import type { Matcher } from '../matcher.ts';
import { cutStretch, pack, writeCuts, type CutOutputs } from './cut.ts';
import { CutCursor, CutList, type TextPlan } from './plan.ts';
import type { RowScanner } from './row-scanner.ts';
import type { Stretch } from './row-window.ts';
import { scanRoomOf, type ScanRoom } from './scan-room.ts';
import { prepareQueries } from './snowplow-json.ts';

/** What is kept is written in steps of so many bytes, a power of two: the kernel then caches it in few, large folios. */
const COPY_STEP = 1 << 20;
/** Room for at least so much is left in a window: a few bytes cost a read as well. */
const LEAST_READ = 64 << 10;

/** Any format made of rows of text, plain or compressed. */
export class TextFormat implements ObjectFormat<TextPlan> {
  readonly name: FormatName;
  readonly undo = 'stretches';
  /** Makes a scanner for one object. */
  readonly scannerOf: (matcher: CompiledMatcher, room: ScanRoom) => RowScanner;

  constructor(
    name: FormatName,
    scannerOf: (matcher: CompiledMatcher, room: ScanRoom) => RowScanner,
  ) {
    this.name = name;
    this.scannerOf = scannerOf;
  }

  find(source: ObjectSource, matcher: Matcher): Promise<Findings<TextPlan>> {
    return withCorruption(() =>
      withContent(source, ({ reader }) => this.#search(reader, matcher, { found: new CutList() })),
    );
  }

  /**
   * Searches a piece of an object as {@link find} does the whole; see pieces.ts.
   * @param source holds the piece alone, whole rows
   */
  async findPiece(
    source: ObjectSource,
    matcher: Matcher,
    { isFirst, isPlanned }: PieceSearch,
  ): Promise<FoundPiece> {
    const reader = plainReader(source);
    const found = isPlanned ? new CutList() : undefined;
    try {
      return await this.#search(reader, matcher, { found, isHeadless: !isFirst });
    } finally {
      await reader.close?.();
    }
  }

  forget(
    source: ObjectSource,
    matcher: Matcher,
    plan: TextPlan | undefined,
    outputs: ForgetOutputs,
  ): Promise<Findings<TextPlan>> {
    return withCorruption(() =>
      withContent(source, async (content) => {
        const into = openSinks(content, outputs);
        const findings = plan
          ? await copyWithout(content.reader, plan, into)
          : await this.#search(content.reader, matcher, {
              onStretch: ({ offset, bytes, cuts }, head) =>
                writeStretch(offset, bytes, cuts, head, into),
            });
        for (const sink of into.ends) await sink.end();
        return findings;
      }),
    );
  }

  async #search(
    reader: ByteReader,
    matcher: Matcher,
    { found, onStretch, isHeadless = false }: Search,
  ): Promise<FoundPiece> {
    await prepareQueries(matcher.paths);
    const room = scanRoomOf(matcher);
    const faults: RowFault[] = [];
    let unparsable = 0;
    let length = 0;
    const { rows, lines, matched, head } = await room.window.readRows(
      reader,
      this.scannerOf(room.matcher, room),
      {
        fault: (offset, line, reason) => {
          unparsable++;
          if (faults.length < LISTED_FAULTS) faults.push({ offset, line, reason });
        },
        stretch: (stretch, head) => {
          length = stretch.offset + stretch.bytes.length;
          found?.add(stretch.offset, stretch.cuts);
          return onStretch?.(stretch, head);
        },
      },
      isHeadless,
    );
    // No longer than it is: a plan is kept, or sent to another thread, with all of its buffer.
    const cuts = found?.finish()?.slice();
    const plan = cuts && { head, length, rows, matched, cuts };
    const seen = room.seen.slice();
    return { kind: 'read', rows, matched, unparsable, faults, seen, plan, lines };
  }
}

/** How a piece of an object is searched. */
export interface PieceSearch {
  /** It begins the object. */
  readonly isFirst: boolean;
  /** What is found is to be remembered for the rewriting. */
  readonly isPlanned: boolean;
}

interface Search {
  /** Remembers what is to be cut. */
  readonly found?: CutList | undefined;
  readonly onStretch?: (stretch: Stretch, head: number) => void | Promise<void>;
  readonly isHeadless?: boolean;
}

/** What the search of a piece says; offsets and lines are within the piece. */
export type FoundPiece = Extract<Findings<TextPlan>, { kind: 'read' }> & { lines: number };

interface OpenSinks extends CutOutputs {
  ends: ContentSink[];
}

function openSinks(content: Content, outputs: ForgetOutputs): OpenSinks {
  const kept = content.compress(outputs.kept);
  const matched = outputs.matched && content.compress(outputs.matched);
  return {
    kept,
    ...(matched && { matched }),
    ...(outputs.removed && { removed: outputs.removed }),
    ends: matched ? [kept, matched] : [kept],
  };
}

/** The head goes to both parts; the head is within the first stretch. */
async function writeStretch(
  offset: number,
  bytes: Buffer,
  cuts: readonly number[],
  head: number,
  into: CutOutputs,
): Promise<void> {
  if (offset === 0 && head > 0) await into.matched?.write(bytes.subarray(0, head));
  await cutStretch(offset, bytes, cuts, into);
}

/** Windows that nobody copies through just now: a fresh one costs a page fault for each of its pages. */
const spareWindows: Buffer[] = [];
const MOST_SPARE = 2;

async function copyWithout(
  reader: ByteReader,
  plan: TextPlan,
  into: CutOutputs,
): Promise<Findings<TextPlan>> {
  const window = spareWindows.pop() ?? Buffer.allocUnsafeSlow(COPY_STEP + LEAST_READ);
  try {
    return await copyThrough(window, reader, plan, into);
  } finally {
    if (spareWindows.length < MOST_SPARE) spareWindows.push(window);
  }
}

async function copyThrough(
  window: Buffer,
  reader: ByteReader,
  plan: TextPlan,
  into: CutOutputs,
): Promise<Findings<TextPlan>> {
  const cursor = new CutCursor(plan.cuts);
  let offset = 0;
  /** Kept bytes at the window's beginning that are not written yet. */
  let held = 0;
  while (true) {
    const end = COPY_STEP - held < LEAST_READ ? window.length : COPY_STEP;
    const got = reader.read(window.subarray(held, end));
    const length = typeof got === 'number' ? got : await got;
    if (length === 0) break;
    const bytes = window.subarray(held, held + length);
    const cuts = cursor.within(offset, length);
    if (offset === 0 && plan.head > 0) await into.matched?.write(bytes.subarray(0, plan.head));
    await writeCuts(offset, bytes, cuts, into);
    offset += length;
    held += pack(bytes, cuts);
    if (held < COPY_STEP) continue;
    const done = into.kept.write(window.subarray(0, COPY_STEP));
    if (done) await done;
    window.copyWithin(0, COPY_STEP, held);
    held -= COPY_STEP;
  }
  if (offset !== plan.length) throw new CorruptObject('it changed while it was rewritten', offset);
  if (held > 0) await into.kept.write(window.subarray(0, held));
  const { rows, matched } = plan;
  return { kind: 'read', rows, matched, unparsable: 0, faults: [], seen: new Uint8Array(0), plan };
}

async function withCorruption<Plan>(work: () => Promise<Findings<Plan>>): Promise<Findings<Plan>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CorruptObject)) throw error;
    return {
      kind: 'corrupt',
      reason: error.reason,
      ...(error.offset !== undefined && { offset: error.offset }),
    };
  }
}
