import type { SeededRandom } from '../../../lib/simulation/seeded-random.ts';

/** `most` of the files, one by chance out of each of as many equal parts of the list; in order. */
export function chooseFiles<T>(files: readonly T[], most: number, random: SeededRandom): T[] {
  if (files.length <= most) return [...files];
  const part = files.length / most;
  return Array.from({ length: most }, (_, at) => {
    const from = Math.floor(at * part);
    const to = Math.floor((at + 1) * part);
    return files[random.between(from, to)]!;
  });
}
