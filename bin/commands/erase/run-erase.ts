import { startProgress, type Progress } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { s3Place, type S3Place } from '../index/options.ts';
import { eraseArchive } from './erase-run.ts';
import type { EraseObserver } from './erase-work.ts';
import type { EraseFlags } from './options.ts';
import { printSummary } from './report.ts';
import type { EraseSummary } from './summary.ts';
import { UsageError } from './usage-error.ts';

const MIB = 1 << 20;
const REDRAW_MS = 200;

/** Runs the command and answers its exit code. */
export async function runErase(terminal: Terminal, flags: EraseFlags): Promise<number> {
  const bars = new Bars(terminal);
  const onInterrupt = (): void => {
    bars.abandon();
    terminal.note('Interrupted. Every file is whole; the same command goes on from here.');
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  try {
    const place = s3Place('--input-directory', flags.inputDirectory);
    const summary =
      place === undefined
        ? await eraseArchive(flags, bars)
        : await eraseInS3(terminal, place, flags);
    bars.finish();
    if (flags.json === true) terminal.json(summary);
    else printSummary(terminal, summary);
    return summary.outcome === 'done' ? 0 : 1;
  } catch (error) {
    bars.abandon();
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

async function eraseInS3(
  terminal: Terminal,
  place: S3Place,
  flags: EraseFlags,
): Promise<EraseSummary> {
  const { eraseBucket } = await import('./erase-bucket.ts');
  let label = '';
  let bar: Progress | undefined;
  try {
    return await eraseBucket(place, flags, (phase, done, total) => {
      if (phase !== label) {
        bar?.abandon();
        bar = startProgress(terminal, { label: phase, noun: 'batches', total });
        label = phase;
      }
      bar?.update(done);
    });
  } finally {
    bar?.abandon();
  }
}

/** A progress bar for each phase, in MiB. */
class Bars implements EraseObserver {
  readonly #terminal: Terminal;
  #bar: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = () => 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  phase(name: string, bytes: number, read: () => number): void {
    this.finish();
    if (bytes < MIB) return;
    const total = Math.ceil(bytes / MIB);
    const bar = startProgress(this.#terminal, { label: name, noun: 'MiB', total });
    this.#bar = bar;
    this.#done = () => Math.min(total, Math.round(read() / MIB));
    this.#timer = setInterval(() => bar.update(this.#done()), REDRAW_MS);
  }

  finish(): void {
    clearInterval(this.#timer);
    this.#bar?.finish(this.#done());
    this.#bar = undefined;
  }

  abandon(): void {
    clearInterval(this.#timer);
    this.#bar?.abandon();
    this.#bar = undefined;
  }
}
