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

/** Writes a stretch with its cuts taken out, and the cuts where they are wanted. */
export async function cutStretch(
  offset: number,
  bytes: Buffer,
  cuts: readonly number[],
  outputs: CutOutputs,
): Promise<void> {
  for (let index = 0; index < cuts.length; index += 2) {
    const part = bytes.subarray(cuts[index], cuts[index + 1]);
    const taken = outputs.matched?.write(part);
    if (taken) await taken;
    const sealed = outputs.removed?.write(offset + cuts[index]!, part);
    if (sealed) await sealed;
  }
  const together = bytes.length / (cuts.length / 2 + 1) < WORTH_A_WRITE;
  let packed = 0;
  let from = 0;
  for (let index = 0; index <= cuts.length; index += 2) {
    const to = cuts[index] ?? bytes.length;
    if (together) {
      bytes.copyWithin(packed, from, to);
      packed += to - from;
    } else if (to > from) {
      const done = outputs.kept.write(bytes.subarray(from, to));
      if (done) await done;
    }
    from = cuts[index + 1] ?? bytes.length;
  }
  if (packed > 0) await outputs.kept.write(bytes.subarray(0, packed));
}
