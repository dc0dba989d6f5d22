import { forgetObject, findObject } from '../../../lib/core/erasure/run/object-work.ts';
import { detectFormat } from '../../../lib/core/erasure/detect.ts';
import {
  CorruptObject,
  type ForgetOutputs,
  type FormatName,
} from '../../../lib/core/erasure/format.ts';
import { findInPiece, formatNamed } from '../../../lib/core/erasure/formats.ts';
import type { Matcher } from '../../../lib/core/erasure/matcher.ts';
import { isDivisible, pieceOf } from '../../../lib/core/erasure/text/pieces.ts';
import type { TextPlan } from '../../../lib/core/erasure/text/plan.ts';
import { countResidue } from '../../../lib/core/erasure/text/residue.ts';
import { patchWriter } from '../../../lib/core/erasure/undo/patch.ts';
import { SealingSink } from '../../../lib/core/erasure/undo/sealed-stream.ts';
import { FileOutput, HashedOutput, SealedFile } from './file-output.ts';
import { FileSource, sameState } from './file-source.ts';
import { hashWhileWritten } from './hash-while-written.ts';
import type { Task, TaskResult } from './worker-protocol.ts';
import { WrittenSoFar } from './written-so-far.ts';

/** Plans that one worker keeps between search and rewriting, and their bytes; others are made again. */
const KEPT_PLANS = 64;
const KEPT_BYTES = 16 << 20;

/** Does a worker's tasks on files. */
export class FileWork {
  readonly #matcher: Matcher;
  readonly #onBytes: (count: number) => void;
  readonly #plans = new Map<string, unknown>();
  #planBytes = 0;

  constructor(matcher: Matcher, onBytes: (count: number) => void) {
    this.#matcher = matcher;
    this.#onBytes = onBytes;
  }

  /** @param onFree called when nothing but the disk is waited for: another task may begin */
  async run(task: Task, onFree: () => void = () => undefined): Promise<TaskResult> {
    if (task.kind === 'hash') return hashOf(task);
    const source = new FileSource(task.path, this.#onBytes);
    try {
      switch (task.kind) {
        case 'find':
          return await this.#find(source, task);
        case 'prepare':
          return await this.#prepare(source, task, onFree);
        case 'inspect':
          return await inspect(source, this.#matcher, task.format);
        case 'find-piece':
          return await this.#findPiece(source, task);
        case 'residue':
          return { kind: 'searched', lines: await countResidue(source, this.#matcher) };
      }
    } finally {
      source.close();
    }
  }

  async #find(source: FileSource, task: Task & { kind: 'find' }): Promise<TaskResult> {
    const { findings, plan } = await findObject(source, this.#matcher, task.format);
    const isWanted = findings.kind === 'read' && findings.matched > 0;
    const bytes = this.#planBytes + bytesOf(plan);
    if (isWanted && this.#plans.size < KEPT_PLANS && bytes <= KEPT_BYTES) {
      this.#plans.set(task.path, plan);
      this.#planBytes = bytes;
    }
    return { kind: 'found', findings, state: source.state };
  }

  async #findPiece(source: FileSource, task: Task & { kind: 'find-piece' }): Promise<TaskResult> {
    const piece = await pieceOf(source, task.piece);
    const rows = source.within(piece.from, piece.to);
    const findings = await findInPiece(rows, this.#matcher, task.format, {
      isFirst: piece.from === 0,
      isPlanned: task.isPlanned,
    });
    return { kind: 'found-piece', findings, piece, state: source.state };
  }

  async #prepare(
    source: FileSource,
    task: Task & { kind: 'prepare' },
    onFree: () => void,
  ): Promise<TaskResult> {
    const isSame = sameState(source.state, task.state);
    const known = this.#plans.get(task.path);
    const plan = isSame ? (task.plan ?? known) : undefined;
    if (this.#plans.delete(task.path)) this.#planBytes -= bytesOf(known);
    const { mode } = source;
    const written = task.written && new WrittenSoFar(task.written);
    const kept = written
      ? new FileOutput(task.kept, { mode, written })
      : new HashedOutput(task.kept, { mode });
    const matched = task.matched === undefined ? undefined : new FileOutput(task.matched);
    const patch = task.patch === undefined ? undefined : new SealedFile(task.patch.path);
    const outputs = [kept, matched, patch].filter((output) => output !== undefined);
    try {
      const seal = patch && task.patch && new SealingSink(patch, task.patch, task.patch.nonce);
      const removed = seal && patchWriter(seal);
      const byStretches = formatNamed(task.format).undo === 'stretches';
      const into: ForgetOutputs = {
        kept,
        ...(matched && { matched }),
        ...(removed && byStretches && { removed }),
      };
      const findings = await forgetObject(source, this.#matcher, task.format, plan, into);
      if (removed && !byStretches) {
        let offset = 0;
        for await (const chunk of source.chunks()) {
          await removed.write(offset, chunk);
          offset += chunk.length;
        }
      }
      await seal?.end();
      const finished = Promise.allSettled(outputs.map((output) => output.finish()));
      onFree();
      for (const each of await finished) if (each.status === 'rejected') throw each.reason;
      const keptHash = kept instanceof HashedOutput && { keptHash: kept.digest() };
      return { kind: 'prepared', findings, state: source.state, ...keptHash };
    } catch (error) {
      for (const output of outputs) await output.abandon();
      throw error;
    }
  }
}

/** Of a plan's cuts; those of other formats name row groups, and take next to nothing. */
function bytesOf(plan: unknown): number {
  const isText = typeof plan === 'object' && plan !== null && 'cuts' in plan;
  return isText ? (plan as TextPlan).cuts.byteLength : 0;
}

function hashOf({ path, written }: Task & { kind: 'hash' }): TaskResult {
  const keptHash = hashWhileWritten(path, new WrittenSoFar(written));
  return { kind: 'hashed', ...(keptHash !== undefined && { keptHash }) };
}

async function inspect(
  source: FileSource,
  matcher: Matcher,
  wanted: FormatName | 'auto',
): Promise<TaskResult> {
  try {
    const format = wanted === 'auto' ? await detectFormat(source, matcher) : wanted;
    const isDivided = format !== undefined && (await isDivisible(source, format));
    return { kind: 'inspected', ...(isDivided && { divisible: format }), state: source.state };
  } catch (error) {
    // The search of the whole file says what is wrong with it.
    if (error instanceof CorruptObject) {
      return { kind: 'inspected', state: source.state };
    }
    throw error;
  }
}
