import type { Buffer } from 'node:buffer';

import type { ByteSink, ForgetOutputs } from '../format.ts';

/** Below this mean length, in bytes, kept ranges are moved together and written as one. */
const WORTH_A_WRITE = 32 << 10;

/** Where the parts of a stretch go; sinks take decompressed bytes. */
export interface CutOutputs {
  kept: ByteSink;
  matched?: ByteSink;
  removed?: ForgetOutputs['removed'];
}

/** Writes the cuts where they are wanted. */
export async function writeCuts(
  offset: number,
  bytes: Buffer,
  cuts: readonly number[],
  { matched, removed }: CutOutputs,
): Promise<void> {
  if (matched === undefined && removed === undefined) return;
  for (let index = 0; index < cuts.length; index += 2) {
    const part = bytes.subarray(cuts[index], cuts[index + 1]);
    const taken = matched?.write(part);
    if (taken) await taken;
    const sealed = removed?.write(offset + cuts[index]!, part);
    if (sealed) await sealed;
  }
}

/** Moves what is not cut together, to the beginning; answers its length. */
export function pack(bytes: Buffer, cuts: readonly number[]): number {
  let packed = cuts[0] ?? bytes.length;
  for (let index = 1; index < cuts.length; index += 2) {
    const [from, to] = [cuts[index]!, cuts[index + 1] ?? bytes.length];
    bytes.copyWithin(packed, from, to);
    packed += to - from;
  }
  return packed;
}

/** Writes a stretch with its cuts taken out, and the cuts where they are wanted. */
export async function cutStretch(
  offset: number,
  bytes: Buffer,
  cuts: readonly number[],
  outputs: CutOutputs,
): Promise<void> {
  await writeCuts(offset, bytes, cuts, outputs);
  if (bytes.length / (cuts.length / 2 + 1) < WORTH_A_WRITE) {
    const packed = pack(bytes, cuts);
    if (packed > 0) await outputs.kept.write(bytes.subarray(0, packed));
    return;
  }
  let from = 0;
  for (let index = 0; index <= cuts.length; index += 2) {
    const to = cuts[index] ?? bytes.length;
    if (to > from) {
      const done = outputs.kept.write(bytes.subarray(from, to));
      if (done) await done;
    }
    from = cuts[index + 1] ?? bytes.length;
  }
}
