import type { FormatName } from '../../../lib/core/erasure/format.ts';
import type { ObjectFindings } from '../../../lib/core/erasure/run/object-work.ts';
import type { TextPlan } from '../../../lib/core/erasure/text/plan.ts';
import type { ArchiveFile } from './archive-files.ts';
import type { FileState } from './file-source.ts';
import { forEachLimited } from './limited.ts';
import { searchInPieces } from './search-pieces.ts';
import { FileFailed, type WorkerPool } from './worker-pool.ts';

/** What the search says of one file. */
export type FileFindings =
  | { file: ArchiveFile; findings: ObjectFindings; state: FileState; plan?: TextPlan | undefined }
  | { file: ArchiveFile; failed: string };

/** Answers for a file without searching it, or undefined. */
export type Skip = (file: ArchiveFile) => Promise<FileFindings | undefined>;

/** Bytes of plans that are kept for the rewriting; what is beyond is searched once more. */
const PLANNED = 32 << 20;

/** Searches files; what can't be opened is named rather than thrown. In order of key. */
export async function searchFiles(
  pool: WorkerPool,
  files: readonly ArchiveFile[],
  format: FormatName | 'auto',
  skip?: Skip,
): Promise<FileFindings[]> {
  const found: FileFindings[] = new Array<FileFindings>(files.length);
  const indices = files.map((_, index) => index);
  let room = PLANNED;
  // All are handed out at once: the pool keeps its workers busy.
  await forEachLimited(indices, 256, async (index) => {
    const file = files[index]!;
    found[index] = (await skip?.(file)) ?? (await searchFile(pool, file, format));
    const one = found[index];
    if (!('plan' in one) || one.plan === undefined) return;
    room -= one.plan.cuts.byteLength;
    if (room < 0) delete one.plan;
  });
  return found;
}

async function searchFile(
  pool: WorkerPool,
  file: ArchiveFile,
  format: FormatName | 'auto',
): Promise<FileFindings> {
  try {
    const inPieces = await searchInPieces(pool, file, format);
    if (inPieces) return { file, ...inPieces };
    const result = await pool.run({ kind: 'find', path: file.path, format });
    if (result.kind !== 'found') throw new Error('a search was answered by something else');
    return { file, findings: result.findings, state: result.state };
  } catch (error) {
    if (!(error instanceof FileFailed)) throw error;
    return { file, failed: failureWords(error) };
  }
}

/** Why a file could not be worked on, without the system's repetition of its path. */
export function failureWords(error: FileFailed): string {
  return error.code === undefined ? error.message : `the system answered ${error.code}`;
}
