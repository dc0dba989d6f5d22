import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import type { FormatName } from '../../../lib/core/erasure/format.ts';
import type { FoundPiece } from '../../../lib/core/erasure/text/text-format.ts';
import type { Piece } from '../../../lib/core/erasure/text/pieces.ts';
import type { TextPlan } from '../../../lib/core/erasure/text/plan.ts';
import type { ObjectFindings } from '../../../lib/core/erasure/run/object-work.ts';
import type { FileState } from './file-source.ts';

/** What a worker is started with. */
export interface WorkerData {
  criteria: CompiledCriteria;
  /** One BigInt64: bytes read so far, by all workers. */
  progress: SharedArrayBuffer;
}

/** An undo patch to be written. */
interface PatchOrder {
  path: string;
  key: Uint8Array;
  /** 8 random bytes. */
  nonce: Uint8Array;
  context: string;
}

export type Task =
  | { kind: 'find'; path: string; format: FormatName | 'auto' }
  /** Tells whether pieces of a file can be searched apart. */
  | { kind: 'inspect'; path: string; format: FormatName | 'auto' }
  /** Searches the rows that begin within these bytes. */
  | { kind: 'find-piece'; path: string; format: FormatName; piece: Piece; isPlanned: boolean }
  /** Counts the lines that hold a subject's value anywhere. */
  | { kind: 'residue'; path: string }
  | {
      kind: 'prepare';
      path: string;
      format: FormatName;
      /** As the search saw it. */
      state: FileState;
      /** Where what is kept goes, to be renamed by the asker. */
      kept: string;
      matched?: string;
      patch?: PatchOrder;
      /** What searches of its pieces found; else the worker may hold a plan of its own. */
      plan?: TextPlan;
      /** Another worker hashes what is kept, and is told here how far it is written. */
      written?: SharedArrayBuffer;
    }
  /** Hashes a file while it is written. */
  | { kind: 'hash'; path: string; written: SharedArrayBuffer };

export type TaskResult =
  | { kind: 'found'; findings: ObjectFindings; state: FileState }
  /** `divisible` is its format, where it is so. */
  | { kind: 'inspected'; divisible?: FormatName; state: FileState }
  /** `piece` is what was searched: whole rows. */
  | { kind: 'found-piece'; findings: FoundPiece; piece: Piece; state: FileState }
  | { kind: 'searched'; lines: number }
  | {
      kind: 'prepared';
      findings: ObjectFindings;
      /** Of the file that was rewritten. */
      state: FileState;
      /** SHA-256 of the stored bytes of what was kept, in hex; absent when another hashes them. */
      keptHash?: string;
    }
  /** `keptHash` is absent when the file was not written to its end. */
  | { kind: 'hashed'; keptHash?: string };

export interface TaskMessage {
  id: number;
  task: Task;
}

export type ResultMessage =
  | { id: number; result: TaskResult }
  | { id: number; error: { message: string; code?: string } }
  /** The task waits for the disk alone; its worker may begin another. */
  | { id: number; isFree: true };
