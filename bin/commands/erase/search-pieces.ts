import type { FormatName } from '../../../lib/core/erasure/format.ts';
import { joinFindings, type Piece } from '../../../lib/core/erasure/text/pieces.ts';
import { MAX_CUT_BYTES, type TextPlan } from '../../../lib/core/erasure/text/plan.ts';
import {
  summariseFindings,
  type ObjectFindings,
} from '../../../lib/core/erasure/run/object-work.ts';
import { sameState, type FileState } from './file-source.ts';
import { forEachLimited } from './limited.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { TaskResult } from './worker-protocol.ts';

/** Bytes of a piece: a second of work at most, so that all workers end together. */
const PIECE = 32 << 20;

/** So many pieces tell what the others will be like. */
const TOLD_BY = 4;

/** How many workers a file can keep busy. */
export function piecesIn(size: number): number {
  return Math.max(1, Math.ceil(size / PIECE));
}

/** As a search of the whole file answers, and what it found for the rewriting. */
export interface FoundInPieces {
  findings: ObjectFindings;
  state: FileState;
  plan: TextPlan | undefined;
}

/**
 * Searches a large file by all workers. Undefined when it has no pieces, or when others wrote it
 * between two of them: it is to be searched as one.
 */
export async function searchInPieces(
  pool: WorkerPool,
  file: { path: string; size: number },
  wanted: FormatName | 'auto',
): Promise<FoundInPieces | undefined> {
  const { path, size } = file;
  if (piecesIn(size) < 2 || pool.size < 2) return undefined;
  const inspected = await pool.run({ kind: 'inspect', path, format: wanted });
  if (inspected.kind !== 'inspected' || inspected.divisible === undefined) return undefined;
  const { divisible: format, state } = inspected;
  if (state.size !== size) return undefined;
  const pieces: Piece[] = Array.from({ length: piecesIn(size) }, (_, index) => ({
    from: index * PIECE,
    to: Math.min((index + 1) * PIECE, size),
  }));
  const found: FoundPieceResult[] = [];
  const plans = new ExpectedPlan(pieces.length);
  // Not all at once: what is found may tell that a plan is not worth sending.
  await forEachLimited([...pieces.keys()], pool.size * 2, async (index) => {
    const task = { kind: 'find-piece', path, format, piece: pieces[index]! } as const;
    const result = await pool.run({ ...task, isPlanned: plans.isKept });
    if (result.kind !== 'found-piece') throw new Error('a search was answered by something else');
    plans.add(result.findings.plan);
    found[index] = result;
  });
  if (!found.every((one) => sameState(one.state, state))) return undefined;
  const joined = joinFindings(
    found.map(({ findings }) => findings),
    found.map(({ piece }) => piece),
  );
  const plan = joined.matched > 0 ? joined.plan : undefined;
  return { findings: summariseFindings(format, joined), state, plan };
}

type FoundPieceResult = Extract<TaskResult, { kind: 'found-piece' }>;

/** Whether an object's plan will fit, as far as its pieces tell by now; once lost, it stays lost. */
class ExpectedPlan {
  readonly #pieces: number;
  #known = 0;
  #bytes = 0;
  isKept = true;

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  add(plan: TextPlan | undefined): void {
    this.#known += 1;
    this.#bytes += plan?.cuts.length ?? 0;
    const expected = (this.#bytes / this.#known) * this.#pieces;
    const isTooLong = this.#known >= TOLD_BY && expected > MAX_CUT_BYTES;
    if (plan === undefined || isTooLong) this.isKept = false;
  }
}
