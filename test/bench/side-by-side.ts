import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

/** One way to do the work of a comparison. Must do all of it, and let nothing be optimised away. */
export interface Rival {
  name: string;
  /** How often it runs in each round: short work is disturbed more. @default 1 */
  turns?: number;
  /** Brings the machine to where every turn begins from; not timed. */
  settle?(): void;
  run(): unknown;
}

export interface Timing {
  name: string;
  /** Median over the repetitions, ms. */
  median: number;
  fastest: number;
  /** Median of the processor's time, all threads, without children of the process; ms. */
  cpu: number;
}

/**
 * Takes an output away and has the disk take all that is written. Else the pages of one way would be
 * written while the next is timed, and each would first free the blocks of its last output.
 */
export function settle(output: string): void {
  rmSync(output, { force: true });
  spawnSync('sync');
}

/**
 * Times rivals in turn, round by round, so that whatever else slows the machine slows all of them.
 * The first round warms up and does not count. Order changes from round to round.
 */
export async function sideBySide(rivals: readonly Rival[], rounds: number): Promise<Timing[]> {
  const times = rivals.map((): number[] => []);
  const cpus = rivals.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < rivals.length; turn++) {
      const index = (turn + round) % rivals.length;
      const rival = rivals[index]!;
      for (let again = 0; again < (rival.turns ?? 1); again++) {
        const { took, cpu } = await timed(rival);
        if (round === 0) continue;
        times[index]!.push(took);
        cpus[index]!.push(cpu);
      }
    }
  }
  return rivals.map(({ name }, index) => {
    const sorted = times[index]!.sort((a, b) => a - b);
    const cpu = medianOf(cpus[index]!.sort((a, b) => a - b));
    return { name, median: medianOf(sorted), fastest: sorted[0]!, cpu };
  });
}

async function timed(rival: Rival): Promise<{ took: number; cpu: number }> {
  // What the one before left to be done, garbage to collect and pages to write, is not this one's.
  rival.settle?.();
  globalThis.gc?.();
  const before = process.cpuUsage();
  const start = performance.now();
  await rival.run();
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { took, cpu: (user + system) / 1000 };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
