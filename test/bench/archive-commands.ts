import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCommandLine } from '../../bin/build.js';
import { FileSource } from '../../bin/commands/erase/file-source.ts';
import { formatCount } from '../../bin/terminal/numbers.ts';
import { writeArchive, writeCriteria } from './archive-data.ts';
import { copy } from './archive-rivals.ts';
import type { BenchTable } from './section.ts';

const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url));

/** A bundle of its own: nobody's change of a source has it made anew while it is measured. */
async function bundle(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const own = mkdtempSync(join(CACHE, 'bench-'));
  cpSync(await buildCommandLine(), own, { recursive: true });
  return own;
}

const WORKERS = [1, 2];

interface CommandOptions {
  rounds: number;
  /** The most that are erased. */
  ids: number;
  /** Runs a file of ten times the size as well. */
  withHuge: boolean;
}

/** What the command is measured on. */
interface Input {
  name: string;
  folder: string;
  rounds: number;
}

interface Measured {
  seconds: number;
  /** Of the processor, all threads, in seconds: proc(5), stat. */
  cpu: number;
  /** In MiB: proc(5), VmHWM. */
  peak: number;
}

/** Runs the command line on a folder; a dry run only searches. */
async function measureCommand(
  lethe: string,
  folder: string,
  input: string,
  jobs: number,
  isDry = false,
): Promise<Measured> {
  const out = join(folder, `command-${jobs}`);
  const started = performance.now();
  const child = spawn(process.execPath, [
    ...[join(lethe, 'bin', 'lethe.js'), 'erase', '--removal-criteria', join(folder, 'criteria')],
    ...['--input-directory', input, '--non-matching-output-directory', out],
    ...['--maximum-matching-proportion', '1', '--jobs', String(jobs)],
    ...['--state-directory', join(folder, 'state'), ...(isDry ? ['--dry-run'] : [])],
  ]);
  let peak = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid!}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      const stat = readFileSync(`/proc/${child.pid!}/stat`, 'utf8').split(') ')[1]!.split(' ');
      ticks = Number(stat[11]) + Number(stat[12]);
    } catch {
      // It has ended.
    }
  }, 10);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`lethe erase ended with ${String(code)}`);
  const seconds = (performance.now() - started) / 1000;
  rmSync(out, { recursive: true, force: isDry });
  return { seconds, cpu: ticks / 100, peak: peak / 1024 };
}

/** Reads a folder's files and writes each to the disk: what nobody who replaces files can do without. */
function measureFloor(folder: string, input: string): number {
  const started = performance.now();
  const to = join(folder, 'floor');
  for (const name of readdirSync(input)) {
    copy({ from: join(input, name), to });
    const written = openSync(to, 'r+');
    fsyncSync(written);
    closeSync(written);
  }
  const seconds = (performance.now() - started) / 1000;
  rmSync(to);
  return seconds;
}

/** The fastest of all: the one that others on the machine disturbed least. */
function fastest(all: readonly Measured[]): Measured {
  return all.reduce((best, one) => (one.seconds < best.seconds ? one : best));
}

/** A folder with one file of `times` copies of another. */
function repeat(from: string, folder: string, times: number): string {
  mkdirSync(folder);
  const target = openSync(join(folder, 'large.jsonl'), 'w');
  for (let copy = 0; copy < times; copy++) {
    const source = new FileSource(from);
    const piece = Buffer.allocUnsafeSlow(1 << 20);
    const reader = source.reader();
    for (let got = reader.read(piece) as number; got > 0; got = reader.read(piece) as number) {
      writeSync(target, piece, 0, got);
    }
    source.close();
  }
  closeSync(target);
  return folder;
}

/**
 * The command line as `npx lethe` runs it.
 */
export async function* commandTables(
  folder: string,
  megabytes: number,
  options: CommandOptions,
): AsyncGenerator<BenchTable> {
  const lethe = await bundle();
  try {
    yield* measureCommands(lethe, folder, megabytes, options);
  } finally {
    rmSync(lethe, { recursive: true });
  }
}

async function* measureCommands(
  lethe: string,
  folder: string,
  megabytes: number,
  { rounds: most, ids, withHuge }: CommandOptions,
): AsyncGenerator<BenchTable> {
  const many = join(folder, 'many');
  mkdirSync(many);
  let rows = 0;
  for (let file = 0; file < 8; file++) {
    rows = writeArchive(join(many, `${file}.jsonl`), 'json', (megabytes / 8) * 1e6);
  }
  const large = repeat(join(many, '0.jsonl'), join(folder, 'large'), 8);
  writeCriteria(join(folder, 'criteria'), 'customer_id', ids, rows * 2);
  await measureCommand(lethe, folder, many, 2);
  const table = async (title: string, inputs: readonly Input[]) => {
    const cells: (string | number)[][] = [];
    for (const { name, folder: input, rounds } of inputs) {
      const floors: number[] = [];
      const all: Measured[][] = WORKERS.map(() => []);
      for (let round = 0; round < rounds; round++) {
        floors.push(measureFloor(folder, input));
        for (const [at, jobs] of WORKERS.entries())
          all[at]!.push(await measureCommand(lethe, folder, input, jobs));
      }
      const floor = Math.min(...floors);
      cells.push([`${name}: read, write and fsync, the floor`, floor.toFixed(2), '', '', '']);
      for (const [at, jobs] of WORKERS.entries()) {
        const { seconds, cpu, peak } = fastest(all[at]!);
        const workers = jobs === 1 ? '1 worker' : `${jobs} workers`;
        const times = `${(seconds / floor).toFixed(2)}×`;
        cells.push([
          `${name}, ${workers}`,
          seconds.toFixed(2),
          times,
          cpu.toFixed(2),
          Math.round(peak),
        ]);
      }
    }
    return {
      title,
      columns: ['npx lethe erase', 'seconds', 'floors', 'CPU s', 'peak MiB'],
      rows: cells,
      note: 'Start, search, guard, rewrite with fsync and hash, second search. Peak below 150 MiB.',
    };
  };
  const sized = `${megabytes} MB`;
  const inputs: Input[] = [
    { name: `${sized} in 8 files`, folder: many, rounds: most },
    { name: `${sized} in one file`, folder: large, rounds: most },
  ];
  if (withHuge) {
    const huge = repeat(join(large, 'large.jsonl'), join(folder, 'huge'), 10);
    inputs.push({ name: `${megabytes * 10} MB in one file`, folder: huge, rounds: 1 });
  }
  yield await table(`The whole command, ${formatCount(ids)} ids, half of them there`, inputs);
  writeCriteria(join(folder, 'criteria'), 'customer_id', 1000, rows);
  yield await table('The whole command, 1,000 ids, half of them there', inputs);
  yield await searchTable(lethe, folder, inputs);
}

/** What two cores are worth where the disk has no part in it. */
async function searchTable(
  lethe: string,
  folder: string,
  inputs: readonly Input[],
): Promise<BenchTable> {
  const cells: (string | number)[][] = [];
  for (const { name, folder: input, rounds } of inputs) {
    const all: Measured[][] = WORKERS.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [at, jobs] of WORKERS.entries())
        all[at]!.push(await measureCommand(lethe, folder, input, jobs, true));
    }
    const [one, two] = all.map((measured) => fastest(measured).seconds);
    cells.push([name, one!.toFixed(2), two!.toFixed(2), `${(one! / two!).toFixed(2)}×`]);
  }
  return {
    title: 'The search alone, 1,000 ids',
    columns: ['npx lethe erase --dry-run', '1 worker, s', '2 workers, s', 'as fast'],
    rows: cells,
    note: 'With the start of the process, which takes as long with any number of workers.',
  };
}
