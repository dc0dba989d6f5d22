import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LETHE = fileURLToPath(new URL('../../bin/lethe.js', import.meta.url));

/** A working directory with an archive `in`, a criteria file, and the command line. */
export class Archive {
  readonly root = mkdtempSync(join(tmpdir(), 'lethe-erase-'));

  write(name: string, bytes: string | Uint8Array): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8');
  }

  /** All files below a folder, with their content; paths relative to it. */
  tree(folder: string): Record<string, string> {
    const files: Record<string, string> = {};
    const top = join(this.root, folder);
    if (!existsSync(top)) return files;
    for (const name of readdirSync(top, { recursive: true, encoding: 'utf8' }).sort()) {
      const path = join(top, name);
      if (statSync(path).isFile()) files[name] = readFileSync(path, 'latin1');
    }
    return files;
  }

  erase(...more: string[]) {
    return this.run('erase', ...BASE, ...more);
  }

  run(...args: string[]) {
    return this.#node([LETHE, ...args]);
  }

  /** As {@link run}, after a module, given as its text, was run in each of the process's threads. */
  runHooked(hook: string, ...args: string[]): ReturnType<Archive['run']> {
    return this.#node([
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      LETHE,
      ...args,
    ]);
  }

  #node(args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  /** As {@link run}, where no file may be larger than some KiB. */
  runLimited(kibibytes: number, ...args: string[]): ReturnType<Archive['run']> {
    const script = `ulimit -f ${kibibytes}; exec "$@"`;
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', script, 'bash', process.execPath, LETHE, ...args],
      { cwd: this.root, encoding: 'utf8' },
    );
    return { status, stdout, stderr };
  }

  /**
   * As {@link run}, and the most memory that the process had at once, all threads, in bytes: VmHWM
   * (proc(5)), which is of this program alone. What `resourceUsage` tells may be of whoever started
   * it (getrusage(2): exec keeps it).
   */
  runMeasured(...args: string[]): ReturnType<Archive['run']> & { peak: number } {
    const report = join(this.root, 'peak');
    const hook = `import { readFileSync, writeFileSync } from 'node:fs';
      import { isMainThread } from 'node:worker_threads';
      if (isMainThread) process.on('exit', () => {
        writeFileSync(${JSON.stringify(report)}, readFileSync('/proc/self/status'));
      });`;
    const run = this.runHooked(hook, ...args);
    const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync(report, 'utf8'))?.[1];
    return { ...run, peak: Number(kibibytes) * 1024 };
  }

  /** Starts an erase and kills it as soon as `due`; answers whether it was still running. */
  async eraseKilled(due: () => boolean, ...more: string[]): Promise<boolean> {
    const child = spawn(process.execPath, [LETHE, 'erase', ...BASE, ...more], { cwd: this.root });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.on('exit', (_, signal) => resolve(signal));
    });
    while (child.exitCode === null && !due()) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    child.kill('SIGKILL');
    return (await ended) === 'SIGKILL';
  }

  /** Lines of the journals so far that hold `word`. */
  journalled(word: string): number {
    const runs = join(this.root, '.lethe', 'runs');
    if (!existsSync(runs)) return 0;
    return readdirSync(runs)
      .map((run) => join(runs, run, 'objects.ndjson'))
      .filter((path) => existsSync(path))
      .reduce((sum, path) => sum + readFileSync(path, 'utf8').split(word).length - 1, 0);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const BASE = ['--removal-criteria', 'criteria.ndjson', '--input-directory', 'in'];

/** The summary that `--json` prints. */
export function summaryOf(run: { stdout: string; stderr: string }): Record<string, unknown> & {
  run: string;
  objects: Record<string, unknown>[];
} {
  if (run.stdout === '') throw new Error(run.stderr);
  return JSON.parse(run.stdout) as never;
}
