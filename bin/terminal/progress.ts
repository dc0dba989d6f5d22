import { Presets, SingleBar } from 'cli-progress';
import { formatCount, formatDuration, formatRate } from './numbers.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  /** How much is done by now. */
  update(done: number): void;
  /** Leaves the last state behind as one plain line. */
  finish(done: number): void;
  /** Takes the bar away without a closing line, for an error message to follow. */
  abandon(): void;
}

export interface ProgressOptions {
  /** What is being done: `delivering`. */
  label: string;
  /** What is counted: `events`. */
  noun: string;
  total: number;
  /** Milliseconds; only differences count. @default the process's monotonic clock */
  now?: () => number;
}

/** Plain lines come no oftener than this, so that a log stays short. */
const PLAIN_EVERY = 5000;

/** A bar with rate and time left on a terminal; a plain line now and then otherwise. */
export function startProgress(terminal: Terminal, options: ProgressOptions): Progress {
  return terminal.isInteractive ? startBar(terminal, options) : startLines(terminal, options);
}

const monotonic = (): number => performance.now();

function summary({ label, noun }: ProgressOptions, done: number, elapsed: number): string {
  return `${label.padEnd(12)} ${formatCount(done)} ${noun} in ${formatDuration(elapsed)} (${formatRate(done, elapsed, noun)})`;
}

function startBar(terminal: Terminal, options: ProgressOptions): Progress {
  const { label, noun, total, now = monotonic } = options;
  const started = now();
  const { cyan, dim } = terminal.style;
  const bar = new SingleBar(
    {
      format: `${label.padEnd(12)} ${cyan('{bar}')} {percentage}%  {counted}  ${dim('{rate}  {left}')}`,
      barsize: Math.min(32, Math.max(10, terminal.width - 72)),
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      // The program ends or dies as it would without a bar; Ctrl-C is not for the bar to catch.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const payload = (done: number): Record<string, string> => {
    const elapsed = now() - started;
    const left = done > 0 ? formatDuration((elapsed / done) * Math.max(0, total - done)) : '–';
    return {
      counted: `${formatCount(done)}/${formatCount(total)}`,
      rate: formatRate(done, elapsed, noun),
      left: `${left} left`,
    };
  };
  bar.start(total, 0, payload(0));
  return {
    update: (done) => {
      bar.update(done, payload(done));
    },
    finish: (done) => {
      bar.stop();
      terminal.note(summary(options, done, now() - started));
    },
    abandon: () => {
      bar.stop();
    },
  };
}

function startLines(terminal: Terminal, options: ProgressOptions): Progress {
  const { label, noun, total, now = monotonic } = options;
  const started = now();
  let told = started;
  return {
    update: (done) => {
      if (now() - told < PLAIN_EVERY) return;
      told = now();
      terminal.note(`${label.padEnd(12)} ${formatCount(done)}/${formatCount(total)} ${noun}`);
    },
    finish: (done) => {
      terminal.note(summary(options, done, now() - started));
    },
    abandon: () => undefined,
  };
}
